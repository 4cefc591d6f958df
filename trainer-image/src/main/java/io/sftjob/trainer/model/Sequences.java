package io.sftjob.trainer.model;

import ai.djl.ndarray.NDArray;

/**
 * Documents end to end, without padding, as the layers need them.
 *
 * @param ids [T] int64
 * @param lengths of the documents; their sum is T
 * @param cos [T, 1, headDim] of positions that restart in each document
 * @param sin likewise
 * @param mask as the attention kernel needs it
 */
public record Sequences(NDArray ids, long[] lengths, NDArray cos, NDArray sin, NDArray mask) {}
