package io.sftjob.trainer.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.trainer.trail.Cut;
import io.sftjob.trainer.trail.Ending;
import io.sftjob.trainer.trail.FirstRow;
import io.sftjob.trainer.trail.FirstRow.Piece;
import io.sftjob.trainer.trail.Measurement;
import io.sftjob.trainer.trail.RunFacts;
import io.sftjob.trainer.trail.Runs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportPageTest {
  private static final String HOSTILE =
      "</pre><script>alert('1')</script><img src=x onerror=\"alert(2)\"> {facts.job} &amp; ⟦\u0000";

  @TempDir private Path folder;

  @Test
  void theCurvesAndTheirTablesHoldTheNumbers() {
    var page = page(curve(120));
    assertThat(page.select("figure svg title").eachText())
        .containsExactly(
            "Loss (nats per target)",
            "Learning rate",
            "Gradient norm (before clipping)",
            "Throughput (tokens per second)");
    assertThat(page.select("svg[role=img]"))
        .allSatisfy(
            svg ->
                assertThat(svg.attr("aria-labelledby").split(" "))
                    .allSatisfy(id -> assertThat(page.getElementById(id)).isNotNull()));
    assertThat(page.selectFirst("#loss-text").text())
        .contains("training: from 1 at step 1 to 0.00833 at step 120")
        .contains("evaluation: from 0.9 at step 40 to 0.8 at step 80, lowest 0.8, highest 0.9");
    assertThat(page.select("path.first")).isNotEmpty();
    assertThat(page.text()).contains("0.8000 at step 80", "Succeeded, step 120 of 100");
    assertThat(rows(page, "Over the evaluation rows"))
        .containsExactly("40 4 0.9000 2.46 62.5 % 1.5000", "80 8 0.8000 2.23 62.5 % 1.5000");
    assertThat(rows(page, "Of the step itself")).hasSize(120);
  }

  @Test
  void theLedgerStandsByReasonAndCloses() {
    assertThat(rows(page(List.of()), "Dropped, by reason"))
        .containsExactly("no token is a target of the loss 2 100,000 line 7; line 9");
    assertThat(page(List.of()).text())
        .contains("12,345 rows read, 2 of them dropped; packed into 987, 89.5 % full.")
        .contains("Targets of the loss 600,000 60.0 %")
        .contains("Masked: context only 300,000 30.0 %")
        .contains("Dropped 100,000 10.0 %")
        .contains("Read 1,000,000 100.0 %");
  }

  @Test
  void specEnvironmentAndTheFirstRowsAreShown() {
    var row =
        new FirstRow(List.of(new Piece("\nuser: Hi\n", false), new Piece("Hello.", true)), "");
    var page = page(Runs.facts("demo", "base", List.of(row)), List.of());
    assertThat(page.selectFirst("pre").wholeText()).isEqualTo("\nuser: Hi\nHello.");
    assertThat(page.select("pre mark").eachText()).containsExactly("Hello.");
    assertThat(page.text()).contains("loraRank 16", "targetModules [q_proj, v_proj]");
    assertThat(page.text()).contains("PyTorch 2.7.1");
  }

  @Test
  void hostileTextStaysText() {
    var row = new FirstRow(List.of(new Piece(HOSTILE, false), new Piece(HOSTILE, true)), "");
    var page = page(Runs.facts("demo", HOSTILE, List.of(row)), curve(3));
    assertThat(page.select("script, img, [onerror], link, iframe, object, base")).isEmpty();
    assertThat(page.select("pre")).hasSize(1);
    assertThat(page.selectFirst("pre mark").wholeText())
        .startsWith(
            "</pre><script>alert('1')</script><img src=x onerror=\"alert(2)\"> {facts.job} &amp; ⟦");
  }

  @Test
  void itNeedsNothingElse() {
    var page = page(curve(3));
    assertThat(page.select("[src], [href], script, link")).isEmpty();
    assertThat(page.selectFirst("style").data())
        .doesNotContain("@import")
        .doesNotContain("url(")
        .contains("prefers-color-scheme: dark");
    assertThat(page.selectFirst("meta[http-equiv=Content-Security-Policy]").attr("content"))
        .contains("default-src 'none'");
    assertThat(page.selectFirst("meta[name=viewport]").attr("content"))
        .contains("width=device-width");
  }

  @Test
  void itIsWellFormed() {
    var parser = Parser.htmlParser().setTrackErrors(50);
    var html = html(Runs.facts(), curve(120), Optional.of(Ending.failed("a < b & c")));
    assertThat(parser.parseInput(html, "").title()).isEqualTo("demo: fine-tuning report");
    assertThat(parser.getErrors()).isEmpty();
    assertThat(Jsoup.parse(html).select("[id]").eachAttr("id")).doesNotHaveDuplicates();
  }

  @Test
  void lossesThatAreNotFiniteBreakTheLineOnly() {
    var losses = List.of(Runs.step(1, 2), Runs.step(2, Double.NaN), Runs.step(3, 1));
    var path = page(losses).selectFirst("figure path.first").attr("d");
    assertThat(path.chars().filter(c -> c == 'M')).hasSize(2);
    assertThat(path).doesNotContain("NaN");
  }

  @Test
  void itIsWrittenAtTheBeginningNowAndThenAndAtTheEnd() throws IOException {
    var now = new Instant[] {Runs.TIME};
    var file = folder.resolve("report.html");
    var report = new ReportPage(file, () -> now[0]);
    report.begin(Runs.facts(), List.of(Runs.step(1)), new Cut(1, 0));
    assertThat(Files.readString(file)).contains("step 1 of 100");
    report.add(Runs.step(2));
    assertThat(Files.readString(file)).contains("step 1 of 100");
    now[0] = now[0].plus(ReportPage.EVERY);
    report.add(Runs.step(3));
    assertThat(Files.readString(file)).contains("step 3 of 100").contains(">Training<");
    report.end(Ending.PREEMPTED);
    assertThat(Files.readString(file)).contains(">Preempted<");
  }

  private static List<Measurement> curve(int steps) {
    var all = new ArrayList<Measurement>();
    for (int step = 1; step <= steps; step++) {
      all.add(Runs.step(step));
      if (step == 40 || step == 80) {
        all.add(Runs.evaluation(step, step == 40 ? 0.9 : 0.8));
      }
    }
    return all;
  }

  private static Document page(List<Measurement> all) {
    return page(Runs.facts(), all);
  }

  private static Document page(RunFacts facts, List<Measurement> all) {
    return Jsoup.parse(html(facts, all, Optional.of(Ending.SUCCEEDED)));
  }

  private static String html(RunFacts facts, List<Measurement> all, Optional<Ending> ending) {
    return ReportPage.html(facts, all, ending, Runs.TIME);
  }

  private static List<String> rows(Document page, String caption) {
    for (Element table : page.select("table")) {
      if (table.select("caption").text().startsWith(caption)) {
        return table.select("tbody tr").eachText();
      }
    }
    throw new AssertionError("no table " + caption);
  }
}
