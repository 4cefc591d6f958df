package io.sftjob.trainer.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.trainer.tokenizer.Tokenizer.Encoding;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Part by part gives what the whole text gives, and every part is where it was. */
class NfcProperties {

  @Property(tries = 3000)
  void partsAreIndependent(@ForAll("texts") String text) {
    Nfc nfc = Nfc.of(text);
    assertThat(nfc.text()).isEqualTo(Normalizer.normalize(text, Form.NFC));

    int length = nfc.text().length();
    Encoding chars =
        nfc.inSource(
            new Encoding(
                new int[length],
                IntStream.range(0, length).toArray(),
                IntStream.rangeClosed(1, length).toArray()));
    int covered = 0;
    for (int i = 0; i < length; i++) {
      assertThat(chars.starts()[i]).isBetween(i == 0 ? 0 : chars.starts()[i - 1], covered);
      assertThat(chars.ends()[i]).isGreaterThanOrEqualTo(covered);
      covered = chars.ends()[i];
      if (nfc.text().charAt(i) < 0x300) {
        String source = text.substring(chars.starts()[i], chars.ends()[i]);
        assertThat(Normalizer.normalize(source, Form.NFC)).contains(nfc.text().substring(i, i + 1));
      }
    }
    assertThat(covered).isEqualTo(text.length());
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> telling =
        Arbitraries.of(
            "a",
            "e",
            "\u0301",
            "\u0323",
            "\u0319",
            "\u089E",
            "\u0EBA",
            "\u1100",
            "\u1161",
            "\u11A8",
            "가",
            "\u0338",
            ">",
            "한",
            "\u09C7",
            "\u09BE",
            "🙂",
            "\u2126",
            "世",
            "\u0F71",
            "\u0F72",
            "\uD834\uDD5E",
            " ",
            "\u3099",
            "か");
    Arbitrary<String> any = Arbitraries.strings().ofLength(1).filter(s -> !isSurrogate(s));
    return Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(5, telling), net.jqwik.api.Tuple.of(1, any))
        .list()
        .ofMaxSize(30)
        .map(parts -> String.join("", parts));
  }

  private static boolean isSurrogate(String text) {
    return Character.isSurrogate(text.charAt(0));
  }
}
