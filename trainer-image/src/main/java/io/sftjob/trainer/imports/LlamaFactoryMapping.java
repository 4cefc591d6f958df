package io.sftjob.trainer.imports;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.PackingStrategy;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.imports.Note.Kind;
import java.util.List;

/** LLaMA-Factory's arguments of its stage {@code sft}. */
final class LlamaFactoryMapping implements Mapping {
  @Override
  public void map(Carrier carrier, Places places) {
    method(carrier);
    model(carrier, places);
    quantization(carrier);
    boolean evaluates = new LlamaFactoryData(carrier, places).map();
    packing(carrier);
    lora(carrier, places);
    carrier.set(
        "use_dft_loss",
        "training.lossType",
        carrier.arguments().isTrue("use_dft_loss") ? "Dft" : "Nll");
    new TrainerMapping(carrier).map(evaluates);
    patience(carrier);
    Output.map(carrier, places);
  }

  private static void method(Carrier carrier) {
    String stage = carrier.arguments().text("stage");
    if (!"sft".equals(stage)) {
      throw new TrainerException(
          ExitCode.InvalidSpec,
          "stage is '%s'; only sft becomes a job: supervised fine-tuning".formatted(stage));
    }
    if (!"lora".equals(carrier.arguments().text("finetuning_type"))) {
      carrier.note(
          Kind.Lost, "finetuning_type", "the job trains a LoRA adapter, of the lora_* arguments");
    }
  }

  private static void model(Carrier carrier, Places places) {
    Models.map(carrier, places);
    var arguments = carrier.arguments();
    if (arguments.isTrue("pure_bf16")) {
      carrier.set("pure_bf16", Models.DTYPE, "BFloat16");
      carrier.note(Kind.Differs, "pure_bf16", "the adapter's own weights stay in 32 bits");
    } else if (arguments.isTrue("bf16")) {
      carrier.set("bf16", Models.DTYPE, "BFloat16");
    } else if (arguments.isTrue("fp16")) {
      carrier.set("fp16", Models.DTYPE, "Float16");
    } else {
      carrier.draft().set(Models.DTYPE, "Auto", "neither bf16 nor fp16");
    }
  }

  private static void quantization(Carrier carrier) {
    var bits = carrier.arguments().whole("quantization_bit");
    if (bits == null) {
      return;
    }
    var quantization = new QuantizationMapping(carrier);
    if (bits == 4) {
      quantization.inFour("quantization_bit", "quantization_type", "double_quantization");
    } else if (bits == 8) {
      quantization.inEight("quantization_bit");
    } else {
      carrier.note(
          Kind.Lost, "quantization_bit", "weights are quantized to 4 or 8 bits, or not at all");
    }
  }

  private static void packing(Carrier carrier) {
    var arguments = carrier.arguments();
    boolean apart = arguments.isTrue("neat_packing");
    boolean packed = apart || arguments.isTrue("packing");
    new PackingMapping(carrier)
        .map(
            apart ? "neat_packing" : "packing",
            packed ? PackingStrategy.Bfd : PackingStrategy.None);
    carrier.whole("cutoff_len", "packing.maxLength");
    if (packed) {
      carrier
          .draft()
          .note(
              Kind.Differs,
              "packing: LLaMA-Factory leaves rows longer than cutoff_len out; here they are cut, and"
                  + " the ledger counts what is dropped");
    }
    if (packed && !apart) {
      carrier.note(
          Kind.Differs,
          "packing",
          "without neat_packing LLaMA-Factory lets packed rows see each other; here they do not");
    }
  }

  private static void lora(Carrier carrier, Places places) {
    var arguments = carrier.arguments();
    carrier.whole("lora_rank", "lora.rank");
    if (arguments.value("lora_alpha") == null) {
      carrier
          .draft()
          .set(
              "lora.alpha",
              2 * arguments.whole("lora_rank"),
              "LLaMA-Factory's default: twice the rank");
    } else {
      carrier.whole("lora_alpha", "lora.alpha");
    }
    carrier.decimal("lora_dropout", "lora.dropout");
    new TargetsMapping(carrier).commaSeparated("lora_target");
    carrier.list("additional_target", "lora.modulesToSave", arguments.items("additional_target"));
    carrier.flag("use_rslora", "lora.useRslora");
    firstAdapter(carrier, places, arguments.items("adapter_name_or_path"));
  }

  private static void firstAdapter(Carrier carrier, Places places, List<String> adapters) {
    if (adapters.isEmpty()) {
      return;
    }
    if (adapters.size() > 1 || carrier.arguments().isTrue("create_new_adapter")) {
      carrier.note(
          Kind.Lost,
          "adapter_name_or_path",
          "merge these adapters into the model first (sft merge), and train the result");
      return;
    }
    var place = places.of(adapters.getFirst(), "adapters");
    carrier.set("adapter_name_or_path", "lora.initFrom.uri", place.uri());
    if (place.elsewhere()) {
      carrier.note(
          Kind.ToDo,
          "adapter_name_or_path",
          "put the adapter's folder at %s, or write where it is".formatted(place.uri()));
    }
  }

  private static void patience(Carrier carrier) {
    if (carrier.arguments().value("early_stopping_steps") == null) {
      return;
    }
    if (carrier.draft().has("training.evalSteps")) {
      carrier.whole("early_stopping_steps", "training.earlyStoppingPatience");
    } else {
      carrier.note(
          Kind.Lost, "early_stopping_steps", "it counts evaluations: set training.evalSteps");
    }
  }
}
