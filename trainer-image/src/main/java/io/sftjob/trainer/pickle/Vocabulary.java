package io.sftjob.trainer.pickle;

import java.util.List;

/** All that a pickle may name besides plain values. */
interface Vocabulary {

  /** A function or class that REDUCE may call. */
  interface Callable {
    Object call(List<Object> arguments);
  }

  /**
   * @return a {@link Callable} or a constant
   * @throws BadPickle if it is not one of the few that are known
   */
  Object global(String module, String name);

  /** The object that lies outside of the pickle under this id. */
  Object persistent(Object id);
}
