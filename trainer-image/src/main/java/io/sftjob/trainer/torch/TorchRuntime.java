package io.sftjob.trainer.torch;

import ai.djl.engine.Engine;
import com.sun.jna.NativeLibrary;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts PyTorch once in this process, with the settings that its libraries read as they load. */
public final class TorchRuntime {
  private static final Logger LOG = LoggerFactory.getLogger(TorchRuntime.class);
  private static boolean started;

  private TorchRuntime() {}

  /**
   * Loads the engine. Later calls change nothing.
   *
   * @param threads of computation; absent: as many as there are processors
   */
  public static synchronized void start(OptionalInt threads) {
    if (started) {
      return;
    }
    int count = threads.orElse(Runtime.getRuntime().availableProcessors());
    environment(count).forEach(TorchRuntime::setenv);
    // DJL's engine: no download, no phoning home.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(count));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    Engine engine = Engine.getEngine("PyTorch");
    started = true;
    LOG.info("PyTorch {} with {} threads", engine.getVersion(), count);
  }

  static synchronized Engine engine() {
    if (!started) {
      start(OptionalInt.empty());
    }
    return Engine.getEngine("PyTorch");
  }

  private static Map<String, String> environment(int threads) {
    var names = new LinkedHashMap<String, String>();
    names.put("OMP_NUM_THREADS", Integer.toString(threads));
    // Spinning threads stall a step by a factor of 40 when the cores are shared; a few microseconds
    // of it save a thread that is needed again at once from being woken.
    names.put("OMP_WAIT_POLICY", "PASSIVE");
    names.put("GOMP_SPINCOUNT", "1000");
    // Huge pages for large tensors: page faults on logits cost more than the matmul otherwise.
    names.put("THP_MEM_ALLOC_ENABLE", "1");
    return names;
  }

  /** In this process, as C's libraries see it; what the user has set stays. */
  private static void setenv(String name, String value) {
    NativeLibrary.getInstance("c").getFunction("setenv").invokeInt(new Object[] {name, value, 0});
  }
}
