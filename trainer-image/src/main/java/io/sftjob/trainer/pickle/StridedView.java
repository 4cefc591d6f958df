package io.sftjob.trainer.pickle;

import java.util.List;

/**
 * A tensor as the pickle describes it, not yet checked: element {@code (i, j, …)} is the storage's
 * element {@code offset + i · strides[0] + j · strides[1] + …}.
 */
record StridedView(Storage storage, long offset, List<Long> shape, List<Long> strides) {}
