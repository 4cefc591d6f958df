package io.sftjob.trainer.imports;

import static io.sftjob.trainer.imports.Imported.FACTORY;
import static io.sftjob.trainer.imports.Imported.TRL;
import static io.sftjob.trainer.imports.Imported.of;
import static io.sftjob.trainer.imports.Imported.read;
import static io.sftjob.trainer.imports.Imported.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.api.v1alpha1.WeightedSource;
import io.sftjob.trainer.imports.Note.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ImportTest {
  @TempDir private Path folder;

  @Test
  void trlsOwnExampleMeansTheSame() {
    var result =
        of(
            "python trl/scripts/sft.py --model_name_or_path Qwen/Qwen2-0.5B --dataset_name"
                + " trl-lib/Capybara --learning_rate 2.0e-4 --num_train_epochs 1 --packing"
                + " --per_device_train_batch_size 2 --gradient_accumulation_steps 8 --eos_token"
                + " <|im_end|> --eval_strategy steps --eval_steps 100 --use_peft --lora_r 32"
                + " --lora_alpha 16 --output_dir Qwen2-0.5B-SFT --push_to_hub");
    var job = read(result);
    var spec = job.spec();
    assertThat(job.name()).isEqualTo("qwen2-0-5b-sft");
    assertThat(spec.model().uri()).isEqualTo("pvc://work/models/Qwen/Qwen2-0.5B");
    assertThat(spec.dataset().eval().uri())
        .isEqualTo("pvc://work/data/trl-lib/Capybara/test.jsonl");
    assertThat(spec.lora().rank()).isEqualTo(32);
    assertThat(spec.lora().alpha()).isEqualTo(16);
    assertThat(spec.lora().dropout()).isEqualTo("0.05");
    assertThat(spec.training().learningRate()).isEqualTo("2e-4");
    assertThat(spec.training().scheduler().name()).isEqualTo("Linear");
    assertThat(spec.training().warmupSteps()).isZero();
    assertThat(spec.training().evalSteps()).isEqualTo(100);
    assertThat(spec.packing().maxLength()).isEqualTo(1024);
    assertThat(texts(result, Kind.Lost))
        .anyMatch(t -> t.startsWith("eos_token <|im_end|>: "))
        .anyMatch(t -> t.startsWith("push_to_hub true: "));
  }

  @Test
  void theIssuesExampleIsNoFullFineTuning() {
    var result = of(TRL + " --learning_rate 1e-5 --lora_r 64");
    assertThat(read(result).spec().training().learningRate()).isEqualTo("1e-5");
    assertThat(texts(result, Kind.Lost)).anyMatch(t -> t.startsWith("use_peft is not set"));
  }

  @Test
  void trlsDefaultsAreWritten() {
    var spec = read(of(TRL + " --use_peft")).spec();
    assertThat(spec.training().learningRate()).isEqualTo("2e-5");
    assertThat(spec.training().epochs()).isEqualTo("3");
    assertThat(spec.training().batchSize()).isEqualTo(8);
    assertThat(spec.training().weightDecay()).isEqualTo("0");
    assertThat(spec.lora().rank()).isEqualTo(16);
    assertThat(spec.lora().targetModules()).containsExactly("q_proj", "v_proj");
    assertThat(spec.model().dtype().name()).isEqualTo("BFloat16");
  }

  @Test
  void float16IsFloat16() {
    assertThat(dtype("--fp16")).isEqualTo(ModelDtype.Float16);
    assertThat(dtype("--bf16 false --dtype float16")).isEqualTo(ModelDtype.Float16);
    assertThat(dtype("--dtype float16")).isEqualTo(ModelDtype.BFloat16);
    assertThat(texts(of(TRL + " --use_peft --fp16 --dtype float32"), Kind.Differs))
        .anyMatch(t -> t.contains("here they are held in float16 too"));
  }

  private static ModelDtype dtype(String arguments) {
    return read(of(TRL + " --use_peft " + arguments)).spec().model().dtype();
  }

  @Test
  void quantizationKeepsItsWords() {
    var spec =
        read(of(TRL + " --load_in_4bit --bnb_4bit_quant_type fp4 --use_bnb_nested_quant")).spec();
    assertThat(spec.model().quantization().mode().name()).isEqualTo("FP4");
    assertThat(spec.model().quantization().doubleQuant()).isTrue();
    assertThat(read(of(TRL + " --load_in_8bit")).spec().model().quantization().mode().name())
        .isEqualTo("Int8");
    assertThatThrownBy(() -> of(TRL + " --load_in_8bit --load_in_4bit"))
        .hasMessageContaining("exclude each other");
    var unchecked = of(TRL + " --load_in_4bit --no_gradient_checkpointing");
    assertThat(read(unchecked).spec().training().gradientCheckpointing()).isFalse();
  }

  static Stream<Arguments> schedules() {
    return Stream.of(
        Arguments.of(
            "--lr_scheduler_type cosine_with_restarts --lr_scheduler_kwargs {\"num_cycles\":3}",
            "scheduler: CosineWithRestarts",
            "schedulerCycles: 3"),
        Arguments.of(
            "--lr_scheduler_type cosine_with_min_lr --lr_scheduler_kwargs {\"min_lr_rate\":0.1}",
            "scheduler: CosineWithMinLr",
            "minLearningRate: \"2e-6\""),
        Arguments.of(
            "--lr_scheduler_type polynomial --lr_scheduler_kwargs {\"power\":2,\"lr_end\":1e-6}",
            "schedulerPower: \"2\"",
            "minLearningRate: \"1e-6\""),
        Arguments.of("--warmup_steps 0.1", "scheduler: Linear", "warmupRatio: \"0.1\""),
        Arguments.of("--warmup_ratio 0.03", "scheduler: Linear", "warmupRatio: \"0.03\""),
        Arguments.of("--warmup_steps 10", "scheduler: Linear", "warmupSteps: 10"),
        Arguments.of(
            "--lr_scheduler_type constant --warmup_steps 10", "scheduler: Constant", "seed: 42"),
        Arguments.of(
            "--lr_scheduler_type greedy", "scheduler: Linear", "- lr_scheduler_type greedy: no"));
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void aScheduleKeepsItsShape(String words, String first, String second) {
    assertThat(of(TRL + " " + words).yaml()).contains(first, second);
  }

  static Stream<Arguments> dtypes() {
    return Stream.of(
        Arguments.of("", "dtype: BFloat16  # TRL's default"),
        Arguments.of("--torch_dtype bfloat16", "dtype: BFloat16  # TRL's default"),
        Arguments.of("--bf16 true --dtype float32", "dtype: BFloat16  # bf16"),
        Arguments.of("--bf16 true --dtype float32", "- dtype float32: TRL computes in bfloat16"),
        Arguments.of("--fp16", "dtype: Float16  # fp16"),
        Arguments.of("--bf16 false --dtype float16", "dtype: Float16  # dtype"),
        Arguments.of("--bf16 false --dtype auto", "dtype: Auto  # dtype"),
        Arguments.of("--bf16 false", "dtype: Float32  # TRL's default"));
  }

  @ParameterizedTest
  @MethodSource("dtypes")
  void theDtypeIsThatOfTheComputation(String words, String field) {
    assertThat(of((TRL + " " + words).strip()).yaml()).contains(field);
  }

  static Stream<Arguments> packings() {
    return Stream.of(
        Arguments.of("", "strategy: None  # TRL's default"),
        Arguments.of("--packing", "strategy: Bfd  # TRL's default"),
        Arguments.of("--packing --packing_strategy bfd_split", "strategy: BfdSplit"),
        Arguments.of("--packing --packing_strategy wrapped", "window: 1000  # TRL's"),
        Arguments.of("--packing --num_of_sequences 512", "strategy: ConstantLength"),
        Arguments.of("--packing true --chars_per_token 3.0", "charsPerToken: \"3\""),
        Arguments.of("--num_of_sequences 512", "- num_of_sequences 512: packing is not asked for"),
        Arguments.of("--max_seq_length 512", "maxLength: 512"));
  }

  @ParameterizedTest
  @MethodSource("packings")
  void packingIsTrls(String words, String field) {
    assertThat(of((TRL + " " + words).strip()).yaml()).contains(field);
  }

  static Stream<Arguments> targets() {
    return Stream.of(
        Arguments.of("all-linear", "targetModules: [AllLinear]"),
        Arguments.of("q_proj v_proj", "targetModules: [q_proj, v_proj]"),
        Arguments.of("q_proj,v_proj", "targetModules: [q_proj, v_proj]"),
        Arguments.of(".*(q|v)_proj", "targetModulesRegex: \".*(q|v)_proj\""));
  }

  @ParameterizedTest
  @MethodSource("targets")
  void modulesAreReadAsPeftReadsThem(String words, String field) {
    assertThat(of(TRL + " --lora_target_modules " + words).yaml()).contains(field);
  }

  @Test
  void aLineGoesOverItsConfigFile() throws Exception {
    var config = folder.resolve("config.yaml");
    Files.writeString(
        config,
        """
        model_name_or_path: a/m
        dataset_name: a/d
        learning_rate: 1.0e-4
        lora_r: 8
        env: {A: b}
        lora_target_modules: [q_proj, v_proj]
        max_seq_length: 512
        """);
    var result = of("trl sft --config " + config + " --learning_rate 3e-4");
    var spec = read(result).spec();
    assertThat(spec.training().learningRate()).isEqualTo("3e-4");
    assertThat(spec.lora().rank()).isEqualTo(8);
    assertThat(spec.packing().maxLength()).isEqualTo(512);
    assertThat(texts(result, Kind.Lost)).anyMatch(t -> t.startsWith("env"));
  }

  @Test
  void aPathOfThisMachineStaysOne() throws Exception {
    Files.writeString(folder.resolve("rows.jsonl"), "{}");
    var spec =
        read(of("--model_name_or_path %s --dataset_name %s/rows.jsonl".formatted(folder, folder)))
            .spec();
    assertThat(spec.model().uri()).isEqualTo("file://" + folder);
    assertThat(spec.dataset().train().uri()).isEqualTo("file://" + folder + "/rows.jsonl");
  }

  @Test
  void severalDataSetsAreSeveralSources() throws IOException {
    var config = folder.resolve("config.yaml");
    Files.writeString(
        config,
        """
        model_name_or_path: a/m
        test_split_size: 0.1
        datasets:
          - path: a/d
          - {path: b/d, split: part, fraction: 0.3}
          - {path: json, data_files: rows.parquet}
        """);
    var result = of(Program.trl, List.of("--config", config.toString()));
    var data = read(result).spec().dataset();
    assertThat(data.train().sources())
        .extracting(WeightedSource::uri)
        .containsExactly(
            "pvc://work/data/a/d/train.jsonl",
            "pvc://work/data/b/d/part.jsonl",
            "pvc://work/data/rows.parquet");
    assertThat(data.evalFraction()).isEqualTo("0.1");
    assertThat(texts(result, Kind.Lost)).anyMatch(t -> t.startsWith("datasets b/d.fraction 0.3: "));

    var factory = of(FACTORY.replace("--dataset d", "--dataset d,e") + " --eval_dataset f");
    assertThat(read(factory).spec().dataset().train().sources())
        .extracting(WeightedSource::uri)
        .containsExactly("pvc://work/data/d.jsonl", "pvc://work/data/e.jsonl");
    assertThat(read(factory).spec().dataset().eval().uri()).isEqualTo("pvc://work/data/f.jsonl");
  }

  @Test
  void aFolderOfThisMachineIsReadByItsSplit() throws IOException {
    var data = Files.createDirectories(folder.resolve("set/data"));
    var file = Files.createFile(data.resolve("train-00000-of-00002.parquet"));
    var words = "--model_name_or_path a/m --dataset_name %s/set".formatted(folder);
    assertThat(read(of(words)).spec().dataset().train().uri()).isEqualTo("file://" + file);
    var second = Files.createFile(data.resolve("train-00001-of-00002.parquet"));
    assertThat(read(of(words)).spec().dataset().train().sources())
        .extracting(WeightedSource::uri)
        .containsExactly("file://" + file, "file://" + second);
  }

  static Stream<String> launchers() {
    return Stream.of(
        "python -m trl.scripts.sft",
        "trl sft",
        "accelerate launch --num_processes 1 examples/sft_custom.py",
        "llamafactory-cli train --stage sft --finetuning_type lora --dataset d");
  }

  @ParameterizedTest
  @MethodSource("launchers")
  void aLauncherMayStandBefore(String launcher) {
    var result =
        of(
            launcher
                + " "
                + TRL.replace("--dataset_name a/d", "")
                + "--seed 7"
                + (launcher.contains("stage") ? "" : " --dataset_name a/d"));
    assertThat(read(result).spec().training().seed()).isEqualTo(7);
    assertThat(texts(result, Kind.Unknown)).isEmpty();
  }

  @Test
  void aJsonFileIsReadToo() throws IOException {
    var file =
        Files.writeString(
            folder.resolve("args.json"),
            "{\"model_name_or_path\": \"a/m\", \"dataset_name\": \"a/d\", \"lora_r\": 4}");
    assertThat(read(of(file.toString())).spec().lora().rank()).isEqualTo(4);
    Files.writeString(file, "{\"lora_r\": 4,");
    assertThatThrownBy(() -> of(file.toString())).hasMessageContaining("args.json: line 1");
  }

  @Test
  void secretsAreNotRepeated() {
    var result = of(TRL + " --hub_token hf_secret --novel_api_key abc123");
    assertThat(result.yaml()).contains("hub_token").doesNotContain("hf_secret", "abc123");
  }

  @Test
  void aValueThatNoJobMayHaveIsRefusedByItsField() {
    assertThatThrownBy(() -> of(TRL + " --learning_rate 0"))
        .hasMessageContaining("learningRate must be above");
  }

  @Test
  void nothingIsNoCommand() {
    assertThatThrownBy(() -> of(Program.trl, List.of())).hasMessageContaining("no arguments");
    assertThatThrownBy(() -> of("hello")).hasMessageContaining("unexpected word 'hello'");
    assertThatThrownBy(() -> of("--dataset_name a/d"))
        .hasMessageContaining("--model_name_or_path is missing");
    assertThatThrownBy(() -> of(folder + "/absent.yaml")).hasMessageContaining("absent.yaml");
  }
}
