package io.sftjob.trainer.run;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGTERM: asks the run to stop, and holds the JVM until the run has saved and named its exit code.
 * The JVM can not be asked to go on once it shuts down, so the hook ends it with that code itself.
 */
public final class Shutdown implements BooleanSupplier {
  private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile boolean requested;
  private volatile int exitCode;

  /** Starts to listen for signals. */
  public static Shutdown listen(Duration timeout) {
    var shutdown = new Shutdown();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> shutdown.onSignal(timeout), "shutdown"));
    return shutdown;
  }

  /** True once the process was asked to stop. */
  @Override
  public boolean getAsBoolean() {
    return requested;
  }

  /** The run is over: from here on the process may exit, and with this code. */
  public void finished(int code) {
    exitCode = code;
    finished.countDown();
  }

  private void onSignal(Duration timeout) {
    if (finished.getCount() == 0) {
      return;
    }
    LOG.info("Asked to stop: saving what is done");
    requested = true;
    try {
      if (finished.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        Runtime.getRuntime().halt(exitCode);
      }
      LOG.error("Not saved within {}: the last checkpoint stands", timeout);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
