package io.sftjob.trainer.imports;

import static io.sftjob.trainer.imports.Imported.of;
import static io.sftjob.trainer.imports.Imported.read;
import static io.sftjob.trainer.imports.Imported.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sftjob.trainer.imports.Note.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LlamaFactoryImportTest {
  @TempDir private Path folder;

  @Test
  void llamaFactorysExampleMeansTheSame() throws Exception {
    var data = Files.createDirectory(folder.resolve("data"));
    Files.writeString(
        data.resolve("dataset_info.json"),
        """
        {"identity": {"file_name": "identity.json"},
         "chats": {"file_name": "chats.jsonl", "formatting": "sharegpt",
                   "columns": {"messages": "turns"},
                   "tags": {"role_tag": "role", "content_tag": "content"}}}
        """);
    var file = folder.resolve("lora.yaml");
    Files.writeString(
        file,
        """
        model_name_or_path: Qwen/Qwen3-4B-Instruct-2507
        trust_remote_code: true
        stage: sft
        do_train: true
        finetuning_type: lora
        lora_rank: 8
        lora_target: all
        dataset_dir: %s
        dataset: chats
        template: qwen3_nothink
        cutoff_len: 2048
        max_samples: 1000
        output_dir: saves/qwen3-4b/lora/sft
        plot_loss: true
        per_device_train_batch_size: 1
        gradient_accumulation_steps: 8
        learning_rate: 1.0e-4
        num_train_epochs: 3.0
        lr_scheduler_type: cosine
        warmup_ratio: 0.1
        bf16: true
        quantization_bit: 4
        resume_from_checkpoint: null
        """
            .formatted(data));
    var result = of("llamafactory-cli train " + file + " val_size=0.1 use_dora=true");
    var spec = read(result).spec();
    assertThat(result.yaml()).contains("arguments of LLaMA-Factory");
    assertThat(spec.lora().alpha()).isEqualTo(16);
    assertThat(spec.lora().targetModules()).containsExactly("AllLinear");
    assertThat(spec.model().quantization().doubleQuant()).isTrue();
    assertThat(spec.dataset().train().uri()).isEqualTo("file://" + data + "/chats.jsonl");
    assertThat(spec.dataset().format().name()).isEqualTo("Messages");
    assertThat(spec.dataset().evalFraction()).isEqualTo("0.1");
    assertThat(spec.dataset().loss()).isNull();
    assertThat(spec.training().warmupRatio()).isEqualTo("0.1");
    assertThat(spec.training().gradientCheckpointing()).isTrue();
    assertThat(texts(result, Kind.Lost))
        .anyMatch(t -> t.startsWith("max_samples 1000: "))
        .anyMatch(t -> t.startsWith("use_dora true: "))
        .anyMatch(t -> t.contains("column turns: rename it to messages"));

    var alpaca = of("llamafactory-cli train " + file + " dataset=identity");
    assertThat(texts(alpaca, Kind.ToDo)).anyMatch(t -> t.contains("jq -c '.[] | {messages:"));
    assertThatThrownBy(() -> of(file + " dataset=absent"))
        .hasMessageContaining("'absent' is not in")
        .hasMessageContaining("identity, chats");
    assertThatThrownBy(() -> of(file + " stage=dpo")).hasMessageContaining("only sft");
  }
}
