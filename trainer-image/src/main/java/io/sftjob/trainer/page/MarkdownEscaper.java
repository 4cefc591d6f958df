package io.sftjob.trainer.page;

import io.quarkus.qute.Expression;
import io.quarkus.qute.RawString;
import io.quarkus.qute.ResultMapper;
import io.quarkus.qute.TemplateNode.Origin;
import java.util.regex.Pattern;

/**
 * Keeps a value in its line and in its cell of a table, and from being markup: of CommonMark, of
 * its HTML, and of tables.
 */
final class MarkdownEscaper implements ResultMapper {
  private static final Pattern MARKUP = Pattern.compile("[\\\\`*_{}\\[\\]<>#|~&!]");
  private static final Pattern LINES = Pattern.compile("\\R");

  @Override
  public boolean appliesTo(Origin origin, Object result) {
    return !(result instanceof RawString)
        && origin
            .getVariant()
            .map(v -> v.getContentType().equals(Templates.MARKDOWN))
            .orElse(false);
  }

  @Override
  public String map(Object result, Expression expression) {
    return escape(result.toString());
  }

  static String escape(String text) {
    return LINES.matcher(MARKUP.matcher(text).replaceAll("\\\\$0")).replaceAll(" ");
  }
}
