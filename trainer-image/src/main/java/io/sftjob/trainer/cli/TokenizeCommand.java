package io.sftjob.trainer.cli;

import io.sftjob.trainer.data.StringRow;
import io.sftjob.trainer.run.Vocabularies;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizers;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sft tokenize}. */
@Command(
    name = "tokenize",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Texts to token ids, a line for a line.",
      "stdin: one JSON string in each line. stdout: one JSON list of ids for each.",
      "Nothing is put around a text: no bos, no eos. The first line that is no JSON string ends it,"
          + " with its number and exit code 12."
    },
    footerHeading = "%nExample:%n",
    footer = "  echo '\"Hello, 世界\"' | sft tokenize --model checkpoint/")
final class TokenizeCommand implements Callable<Integer> {
  /** What becomes of special tokens that stand in a text. */
  enum Specials {
    parse,
    text
  }

  @Mixin private TokenizerOption model;

  @Option(
      names = "--specials",
      paramLabel = "HOW",
      description = {
        "Special tokens that stand in a text: parse reads them as such, text spells them out.",
        "Default: parse, as Hugging Face's tokenizers do; text for Baichuan, ChatGLM3 and Qwen v1,"
            + " whose chat formats never look for them in a text."
      })
  private Specials specials;

  @Override
  public Integer call() {
    return Reported.run(
        () -> {
          try (var tokenizer = Vocabularies.load(model.path)) {
            boolean parse =
                specials == null
                    ? Tokenizers.readsSpecials(model.path)
                    : specials == Specials.parse;
            LineFunction ids = line -> ids(tokenizer, parse, StringRow.of(line));
            ids.run(System.in, new PrintStream(System.out, true, StandardCharsets.UTF_8));
          }
        });
  }

  private static String ids(Tokenizer tokenizer, boolean parse, String text) {
    var encoding = parse ? tokenizer.encode(text) : tokenizer.encodeOrdinary(text);
    return Arrays.toString(encoding.ids());
  }
}
