package io.sftjob.trainer.model;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * Documents end to end, without padding, as the layers need them.
 *
 * @param ids [T] int64
 * @param lengths of the documents; their sum is T
 * @param rope the tables of rope.py for positions that restart in each document
 * @param mask as the attention kernel needs it
 */
public record Sequences(NDArray ids, long[] lengths, List<NDArray> rope, NDArray mask) {}
