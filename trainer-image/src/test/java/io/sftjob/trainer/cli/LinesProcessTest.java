package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.api.progress.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code sft tokenize} and {@code sft render}: lines in, lines out. */
@Timeout(60)
class LinesProcessTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures").toAbsolutePath();
  private static final String CHATML = FIXTURES.resolve("gguf").toString();
  private static final String QWEN = FIXTURES.resolve("vocabularies/qwen").toString();
  private static final String HI = "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}";

  @TempDir private Path folder;

  /** The answer to a line is there before the next line is. */
  @Test
  void tokenizesLineByLine() {
    try (var process = start("tokenize", "--model", CHATML)) {
      process.send("\"<|im_start|>a\"");
      assertThat(process.await("^\\[.*]$").group()).startsWith("[1, ");
      process.send("\"\"");
      assertThat(process.await("^\\[.*]$").group()).isEqualTo("[]");
      process.send("\"a\\n\"");
      process.await("^\\[\\d+, \\d+]$");
      process.endInput();
      assertThat(process.exitCode()).isZero();
    }
  }

  @Test
  void aFamilyWhoseChatsAreCodeTakesTextForText() throws IOException {
    String text = "\"a<|im_end|>\"";
    int size = Files.readAllLines(Path.of(QWEN, "qwen.tiktoken")).size();
    String end = String.valueOf(size + 2);
    assertThat(lines(List.of(text), "tokenize", "--model", QWEN).getFirst()).doesNotContain(end);
    assertThat(lines(List.of(text), "tokenize", "--model", QWEN, "--specials", "parse"))
        .singleElement()
        .asString()
        .endsWith(", " + end + "]");
    assertThat(lines(List.of(text), "tokenize", "--model", CHATML, "--specials", "text"))
        .singleElement()
        .asString()
        .doesNotContain(", 2]");
  }

  @Test
  void rendersRowsWithTheirTargets() throws IOException {
    JsonNode cases = JSON.readTree(FIXTURES.resolve("native-chats/expected.json").toFile());
    var rows = new ArrayList<String>();
    var expected = new ArrayList<JsonNode>();
    for (JsonNode c : cases) {
      if (c.path("family").asText().equals("chatglm3")) {
        var row = JSON.createObjectNode();
        row.set("messages", c.path("messages"));
        row.set("tools", c.path("tools"));
        rows.add(row.toString());
        expected.add(c);
      }
    }
    String model = FIXTURES.resolve("vocabularies/chatglm3").toString();
    var rendered = lines(rows, "render", "--model", model);
    var prompts = lines(rows, "render", "--model", model, "--generation-prompt");
    assertThat(rendered).hasSize(rows.size()).hasSizeGreaterThan(8);
    for (int i = 0; i < rows.size(); i++) {
      JsonNode row = JSON.readTree(rendered.get(i));
      assertThat(row.path("ids")).isEqualTo(expected.get(i).path("ids"));
      assertThat(row.path("targets")).isEqualTo(expected.get(i).path("targets"));
      assertThat(JSON.readTree(prompts.get(i)).path("ids"))
          .isEqualTo(expected.get(i).path("prompt"));
    }
  }

  @Test
  void rendersByAnotherTemplate() throws IOException {
    Path template = folder.resolve("own.jinja");
    Files.writeString(
        template, "{% for m in messages %}<|im_start|>{{ m.content }}<|im_end|>{% endfor %}");
    assertThat(
            lines(List.of(HI), "render", "--model", CHATML, "--chat-template", template.toString()))
        .singleElement()
        .asString()
        .matches("\\{\"ids\": \\[1, .*, 2], \"targets\": \\[0, .*0]}");
  }

  @Test
  void namesTheLineThatCanNotBeUsed() {
    refused(
        List.of("\"a\"", "", "[1]"),
        ExitCode.DataNotUsable,
        "stdin: line 3 is a list; expected a string in each line",
        "tokenize",
        "--model",
        CHATML);
    refused(
        List.of(HI, HI.replace("user", "critic")),
        ExitCode.DataNotUsable,
        "stdin: line 2 `messages[0].role` is \"critic\"; expected one of system, user, assistant, tool",
        "render",
        "--model",
        CHATML);
    refused(
        List.of("{\"messages\": []"),
        ExitCode.DataNotUsable,
        "stdin: line 1 is not JSON",
        "render",
        "--model",
        CHATML);
  }

  @Test
  void namesWhatTheCheckpointLacks() throws IOException {
    refused(
        List.of(),
        ExitCode.ModelNotUsable,
        "--model: /absent does not exist",
        "tokenize",
        "--model",
        "/absent");
    refused(
        List.of(),
        ExitCode.ModelNotUsable,
        "no tokenizer there",
        "render",
        "--model",
        folder.toString());
    refused(
        List.of(HI),
        ExitCode.ModelNotUsable,
        "has no chat template, and its family none that is built in",
        "render",
        "--model",
        FIXTURES.resolve("vocabularies/llama").toString());
  }

  @Test
  void aTemplateThatDoesNotEndIsStopped() throws IOException {
    Files.copy(Path.of(CHATML, "tokenizer.json"), folder.resolve("tokenizer.json"));
    Files.writeString(
        folder.resolve("chat_template.jinja"),
        "{% for i in range(99999) %}{% for j in range(99999) %}{% if j %}{% endif %}{% endfor %}{%"
            + " endfor %}");
    refused(
        List.of(HI),
        ExitCode.ModelNotUsable,
        "the checkpoint's chat template can not be used: the template runs more than 20,000,000"
            + " steps; does a loop in it end?; give another as dataset.chatTemplate",
        "render",
        "--model",
        folder.toString());
  }

  @Test
  void helpShowsTheLines() {
    try (var process = start("render", "--help")) {
      assertThat(process.exitCode()).isZero();
      assertThat(process.output())
          .contains("{\"ids\": […], \"targets\": [0, 1, …]}", "--generation-prompt");
    }
    try (var process = start("tokenize", "--help")) {
      assertThat(process.exitCode()).isZero();
      assertThat(process.output()).contains("one JSON list of ids", "--specials", "exit code 12");
    }
  }

  private static List<String> lines(List<String> input, String... arguments) {
    try (var process = start(arguments)) {
      input.forEach(process::send);
      process.endInput();
      assertThat(process.exitCode()).as(process::output).isZero();
      return process.output().lines().toList();
    }
  }

  private static void refused(
      List<String> input, ExitCode code, String words, String... arguments) {
    try (var process = start(arguments)) {
      for (String line : input) {
        process.send(line);
      }
      process.await(Pattern.quote(words));
      process.endInput();
      assertThat(process.exitCode()).as(process::output).isEqualTo(code.code());
    }
  }

  private static SftProcess start(String... arguments) {
    return SftProcess.start(Map.of(), arguments);
  }
}
