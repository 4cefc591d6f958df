package io.sftjob.trainer.pickle;

import java.util.List;

/** Python's tuple. An element may be null, for None. */
record Tuple(List<Object> items) {}
