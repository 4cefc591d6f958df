package io.sftjob.trainer.imports;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.spec.SpecReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Another program's arguments as an SFTJob. */
public final class Import {

  /**
   * What is asked for.
   *
   * @param program whose words they are; absent: the one that knows more of them
   * @param words a command line, or a YAML or JSON file and perhaps more
   * @param claim of what lies on no disk of this machine
   * @param name of the job; absent: of the run, of its folder, or of the model
   */
  public record Request(
      Optional<Program> program, List<String> words, String claim, Optional<String> name) {
    public Request {
      words = List.copyOf(words);
    }
  }

  /**
   * What came of it.
   *
   * @param yaml the job, which a reader of specs accepts
   * @param notes worst first
   */
  public record Result(String yaml, List<Note> notes) {
    public Result {
      notes = List.copyOf(notes);
    }

    /** Whether an argument was left out on which the training depends. */
    public boolean changesTraining() {
      return notes.stream().anyMatch(note -> note.kind().changesTraining());
    }
  }

  private Import() {}

  /**
   * @throws TrainerException with {@link ExitCode#InvalidSpec} where no job can be made
   */
  public static Result run(Request request) {
    var words = Words.read(request.words());
    var program = request.program().orElseGet(() -> words.program());
    var known = KnownArguments.of(program);
    var unmapped = Unmapped.of(program);
    var given = words.given(new Names(known, unmapped));
    var arguments = new Arguments(known, given.values());
    var draft = new Draft();
    var carrier = new Carrier(program, arguments, draft);
    Mapping.of(program).map(carrier, new Places(request.claim()));
    String name = request.name().orElseGet(() -> Output.name(arguments));
    new Leftovers(known, unmapped).tell(carrier);
    given.renamed().forEach(text -> draft.note(Note.Kind.Moot, text));
    var notes = draft.notes().stream().distinct().sorted(Comparator.comparing(Note::kind)).toList();
    String yaml = JobYaml.write(head(program, known, notes), name, draft);
    SpecReader.parse("the imported job", yaml);
    return new Result(yaml, notes);
  }

  private static List<String> head(Program program, KnownArguments known, List<Note> notes) {
    var lines = new ArrayList<String>();
    lines.add(
        "Made by sft import of the arguments of %s (%s)."
            .formatted(program.title(), known.versions()));
    for (var kind : Note.Kind.values()) {
      var of = notes.stream().filter(note -> note.kind() == kind).toList();
      if (!of.isEmpty()) {
        lines.add("");
        lines.add(kind.title() + ":");
        // A line of a comment ends at a line's end.
        of.forEach(note -> lines.add("- " + note.text().replaceAll("\\R", " ")));
      }
    }
    return lines;
  }
}
