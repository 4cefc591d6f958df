package io.sftjob.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sftjob.api.v1alpha1.ModelDtype;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Whoever gives a float16 checkpoint is told that it is computed in another dtype, and why. */
class DtypeLogTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(CausalLm.class);
  private final ListAppender<ILoggingEvent> heard = new ListAppender<>();

  @BeforeEach
  void listen() {
    heard.start();
    logger.addAppender(heard);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(heard);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "family-chatglm3, Auto, F16, computed in BFloat16, as dtype Auto does for F16 too, whose last three bits it rounds; Float16 must be asked for",
        "tiny-llama, Auto, F32, computed in Float32, as dtype Auto does where all are stored so",
        "gguf/tiny-llama.gguf, Auto, Q8_0, computed in BFloat16, as dtype Auto does where not all are stored as F32",
        "tiny-llama, BFloat16, F32, computed in BFloat16, as asked for",
        "family-chatglm3, Float16, F16, computed in Float16, as asked for, in which CPUs are slow: BFloat16 takes the same memory",
      })
  void theDtypeOfComputationIsToldWithItsReason(
      String fixture, ModelDtype dtype, String stored, String computed, String reason) {
    var path = Path.of("src/test/resources/fixtures").resolve(fixture);
    CausalLm.load(path, Device.cpu(), dtype, LoadListener.NONE).close();
    assertThat(heard.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .singleElement()
        .asString()
        .contains(stored + " (", computed + ", " + reason);
  }
}
