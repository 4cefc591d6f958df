package io.sftjob.trainer.chat.jinja;

import java.util.Map;

/** {@code namespace(...)}: the one value that a template may change. */
record Namespace(Map<String, Object> fields) {}
