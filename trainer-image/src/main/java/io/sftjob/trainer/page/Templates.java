package io.sftjob.trainer.page;

import io.quarkus.qute.Engine;
import io.quarkus.qute.HtmlEscaper;
import io.quarkus.qute.ReflectionValueResolver;
import io.quarkus.qute.Template;
import io.quarkus.qute.Variant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Templates beside this class. What is put into one is escaped: as HTML in {@code text/html}, as
 * text of Markdown in {@code text/markdown}.
 */
final class Templates {
  static final String HTML = "text/html";
  static final String MARKDOWN = "text/markdown";

  private static final Engine ENGINE =
      Engine.builder()
          .addDefaults()
          .addValueResolver(new ReflectionValueResolver())
          .addResultMapper(new HtmlEscaper(List.of(HTML)))
          .addResultMapper(new MarkdownEscaper())
          .build();

  static {
    ENGINE.putTemplate("table", of("table.html", HTML));
  }

  private Templates() {}

  static Template of(String resource, String contentType) {
    return ENGINE.parse(text(resource), Variant.forContentType(contentType), resource);
  }

  static String text(String resource) {
    try (var in = Templates.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
