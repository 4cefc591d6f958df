package io.sftjob.trainer.tensorboard;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Map;

/**
 * TensorBoard's messages in protobuf's wire format: the few fields of {@code tensorboard.Event} and
 * {@code tensorboard.Summary} that scalars need ({@code compat/proto/event.proto}, {@code
 * summary.proto}).
 */
final class Event {
  private static final int WALL_TIME = 1;
  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;
  private static final int SESSION_LOG = 7;
  private static final int SESSION_STATUS = 1;
  private static final int SESSION_START = 1;
  private static final int SUMMARY_VALUE = 1;
  private static final int VALUE_TAG = 1;
  private static final int VALUE_SIMPLE = 2;

  private Event() {}

  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  /** The first of a file. From this version on, restarts are told by {@link #start}. */
  static byte[] version(Instant time) {
    return event(time, 0, out -> out.writeString(FILE_VERSION, "brain.Event:2"));
  }

  /** A process begins: readers drop what earlier files hold of this step and later ones. */
  static byte[] start(Instant time, long step) {
    byte[] session = message(out -> out.writeEnum(SESSION_STATUS, SESSION_START));
    return event(time, step, out -> out.writeByteArray(SESSION_LOG, session));
  }

  static byte[] scalars(Instant time, long step, Map<String, Float> values) {
    byte[] summary =
        message(
            out -> {
              for (var value : values.entrySet()) {
                out.writeByteArray(SUMMARY_VALUE, scalar(value.getKey(), value.getValue()));
              }
            });
    return event(time, step, out -> out.writeByteArray(SUMMARY, summary));
  }

  private static byte[] scalar(String tag, float value) {
    return message(
        out -> {
          out.writeString(VALUE_TAG, tag);
          out.writeFloat(VALUE_SIMPLE, value);
        });
  }

  private static byte[] event(Instant time, long step, Fields what) {
    return message(
        out -> {
          out.writeDouble(WALL_TIME, time.toEpochMilli() / 1e3);
          if (step != 0) {
            out.writeInt64(STEP, step);
          }
          what.write(out);
        });
  }

  private static byte[] message(Fields fields) {
    var bytes = new ByteArrayOutputStream();
    var out = CodedOutputStream.newInstance(bytes);
    try {
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
