package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.progress.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BadArgumentsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          train --sepc job.yaml       | Unknown options: '--sepc', 'job.yaml' | Missing required option: '--spec=FILE'
          train --spec job.yaml --prot 1 | Unknown options: '--prot', '1'     | sft train --help
          tarin                       | Unmatched argument at index 0: 'tarin' | Did you mean: sft train
          train                       | Missing required option: '--spec=FILE' | sft train --help
          quantize --model m --mode X --out o | '--mode': expected one of [NF4, FP4, Int8] | sft quantize --help
          merge --model a --adapter b --out c --max-shard-size 3 | '3' is no size | sft merge --help
          import --from foo           | '--from': expected one of [trl, llamafactory] | sft import --help
          """)
  void areNamedWithTheWayOut(String line, String first, String second) {
    var err = new StringWriter();
    int code =
        Sft.commandLine().setErr(new PrintWriter(err, true)).execute(line.strip().split(" "));
    assertThat(code).isEqualTo(ExitCode.InvalidSpec.code());
    assertThat(err.toString()).contains(first, second);
    assertThat(err.toString().lines()).as(err.toString()).hasSizeLessThan(5);
  }
}
