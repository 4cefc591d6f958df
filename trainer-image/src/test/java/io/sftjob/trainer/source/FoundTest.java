package io.sftjob.trainer.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.source.DataSet.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files a path of a spec means. */
class FoundTest {
  @TempDir Path folder;

  @BeforeEach
  void files() throws IOException {
    write("set/b.jsonl", "{\"text\": \"b\"}\n");
    write("set/a.jsonl", "{\"text\": \"a\"}\n");
    write("set/README.md", "about");
    write("set/.hidden.jsonl", "{\"text\": \"hidden\"}\n");
    write("set/_SUCCESS", "");
    write("set/more/c.jsonl", "{\"text\": \"c\"}\n");
    write("other/d.csv", "text\nd\n");
  }

  @Test
  void aFoldersDataFilesAreReadInTheOrderOfTheirNames() {
    Found found = found("set");
    assertThat(names(found)).containsExactly("a.jsonl", "b.jsonl");
    assertThat(found.notes())
        .containsExactly(folder.resolve("set") + ": not read, by their names no rows: README.md");
  }

  @Test
  void aPatternNamesFilesOfOneFolderOrOfMany() {
    assertThat(names(found("set/*.jsonl"))).containsExactly(".hidden.jsonl", "a.jsonl", "b.jsonl");
    assertThat(names(found("set/[a-b].jsonl"))).containsExactly("a.jsonl", "b.jsonl");
    assertThat(names(found("set/{a,zz}.*"))).containsExactly("a.jsonl");
    assertThat(names(found("*/?.jsonl"))).containsExactly("a.jsonl", "b.jsonl");
    assertThat(names(found("**/[a-z].jsonl")))
        .containsExactly("a.jsonl", "b.jsonl", "more/c.jsonl");
  }

  @Test
  void aFileIsWhatItIsNamedThoughItLooksLikeAPattern() throws IOException {
    write("set/x[a].jsonl", "{\"text\": \"x\"}\n");
    assertThat(names(found("set/x[a].jsonl"))).containsExactly("x[a].jsonl");
  }

  @Test
  void sourcesAreReadInTheirOrderAndNamedFromWhereTheirPathsPart() {
    Found found =
        Found.of(
            new DataSet(
                List.of(
                    new Source("spec.dataset.train.sources[0].uri", folder.resolve("other"), 2),
                    new Source("spec.dataset.train.sources[1].uri", folder.resolve("set"), 1))));
    assertThat(names(found)).containsExactly("other/d.csv", "set/a.jsonl", "set/b.jsonl");
    assertThat(found.parts()).extracting(Found.Part::weight).containsExactly(2.0, 1.0);
    assertThat(found.parts().get(0).bytes()).isEqualTo(7);
  }

  @Test
  void whatIsNotThereIsNamedWithTheField() {
    refused("set/z.jsonl", "spec.dataset.train.uri: ", "z.jsonl does not exist. Check the path");
    refused(
        "set/*.parquet", "no file matches ", "set/*.parquet; looked in " + folder.resolve("set"));
    refused("none/*.jsonl", "no file matches ", "looked in " + folder.resolve("none"));
  }

  @Test
  void aFolderWithoutDataSaysWhatItHolds() throws IOException {
    write("docs/README.md", "");
    write("docs/2024/a.jsonl", "");
    refused(
        "docs",
        "docs holds no data file (.jsonl, .json,",
        "it holds README.md",
        "its folders are not searched: 2024 (write one of them");
  }

  @Test
  void kindsAreNotMixed() throws IOException {
    write("set/a.csv", "text\na\n");
    refused(
        "set",
        "holds files of 2 kinds: a.jsonl (JSON Lines), a.csv (CSV)",
        "Name one kind by a pattern");
    refused("set/a.*", "holds files of 2 kinds");
  }

  @Test
  void whereTheNameSaysNothingTheFirstBytesDo() throws IOException {
    write("rows", "  \n{\"text\": \"a\"}\n");
    assertThat(Rows.fields(folder.resolve("rows"))).containsExactly("{\"text\":\"a\"}");
    write("list.data", "[{\"text\": \"a\"}]");
    assertThat(found("list.data").files().getFirst().kind()).isEqualTo(FileKind.JsonArray);
    Path parquet = folder.resolve("train-00000");
    Files.copy(Rows.FIXTURES.resolve("rows.parquet"), parquet);
    assertThat(Rows.origins(parquet)).hasSize(60);
    Path packed = folder.resolve("packed");
    Files.copy(Rows.FIXTURES.resolve("rows.jsonl.zst"), packed);
    assertThat(Rows.origins(packed)).endsWith("packed:60");
    write("notes", "some words");
    refused("notes", "notes: neither its name nor its first bytes say what it is. Name it .jsonl");
  }

  @Test
  void aJsonFileIsAnArrayOrLines() throws IOException {
    write("a.json", "\ufeff [{\"text\": \"a\"}]");
    write("b.json", "{\"text\": \"b\"}\n");
    assertThat(found("a.json").files().getFirst().kind()).isEqualTo(FileKind.JsonArray);
    assertThat(found("b.json").files().getFirst().kind()).isEqualTo(FileKind.JsonLines);
    assertThat(Rows.fields(folder.resolve("a.json"))).containsExactly("{\"text\":\"a\"}");
  }

  @Test
  void aFolderOfSaveToDiskIsReadAsItsStateSays() throws IOException {
    assertThat(names(Found.of(DataSet.of("f", Rows.FIXTURES.resolve("saved")))))
        .containsExactly(
            "data-00000-of-00003.arrow", "data-00001-of-00003.arrow", "data-00002-of-00003.arrow");
    assertThatThrownBy(() -> Found.of(DataSet.of("f", Rows.FIXTURES.resolve("saved-splits"))))
        .hasMessageContaining("is a DatasetDict with the splits train, test; write one of them");
    write("cut/dataset_info.json", "{}");
    write("cut/state.json", "{\"_data_files\": [{\"filename\": \"data-00000-of-00001.arrow\"}]}");
    refused("cut", "names the file `data-00000-of-00001.arrow`, which is not beside it");
    write("cut/state.json", "{\"_data_files\": [{\"filename\": \"../set/a.jsonl\"}]}");
    refused("cut", "names the file `../set/a.jsonl`, which is not beside it");
    write("cut/state.json", "{\"_data_files\": []}");
    refused("cut", "the data set is empty");
    write("cut/state.json", "{");
    refused("cut", "state.json can not be read");
  }

  @Test
  void aPatternThatIsNoneIsSaid() {
    assertThatThrownBy(() -> found("set/[a.jsonl"))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.InvalidSpec))
        .hasMessageContaining("is no pattern");
  }

  private void refused(String path, String... message) {
    assertThatThrownBy(() -> found(path))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.DataNotUsable))
        .hasMessageContainingAll(message);
  }

  private Found found(String path) {
    return Found.of(DataSet.of("spec.dataset.train.uri", folder.resolve(path)));
  }

  private static List<String> names(Found found) {
    return found.files().stream().map(DataFile::name).toList();
  }

  private void write(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content.getBytes(StandardCharsets.UTF_8));
  }
}
