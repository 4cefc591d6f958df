package io.sftjob.trainer.imports;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.PackingStrategy;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.imports.Note.Kind;
import java.util.List;
import java.util.stream.Stream;

/** TRL's script for SFT: {@code ScriptArguments}, {@code SFTConfig}, {@code ModelConfig}. */
final class TrlMapping implements Mapping {
  /** Of the ConstantLengthDataset that TRL had before 0.20. */
  private static final String SEQUENCES = "num_of_sequences";

  private static final String CHARACTERS = "chars_per_token";
  private static final int LONGEST = 1 << 20;

  @Override
  public void map(Carrier carrier, Places places) {
    model(carrier, places);
    quantization(carrier);
    boolean evaluates = new TrlData(carrier, places).map();
    packing(carrier);
    lora(carrier);
    objective(carrier);
    new TrainerMapping(carrier).map(evaluates);
    Output.map(carrier, places);
  }

  private static void model(Carrier carrier, Places places) {
    Models.map(carrier, places);
    var arguments = carrier.arguments();
    boolean half = arguments.isTrue("fp16");
    String dtype = arguments.text("dtype");
    // SFTConfig: bf16, unless fp16 or something else is said.
    boolean bf16 = arguments.value("bf16") == null ? !half : arguments.isTrue("bf16");
    if (bf16) {
      carrier.set("bf16", Models.DTYPE, "BFloat16");
      if (arguments.isGiven("dtype") && !"bfloat16".equals(dtype)) {
        carrier.note(
            Kind.Differs,
            "dtype",
            "TRL computes in bfloat16, its bf16, with weights that are held so; here they are held in"
                + " bfloat16 too");
      }
    } else if (half) {
      carrier.set("fp16", Models.DTYPE, "Float16");
      if (arguments.isGiven("dtype") && !"float16".equals(dtype)) {
        carrier.note(
            Kind.Differs,
            "dtype",
            "TRL computes in float16, its fp16, with weights that are held so; here they are held in"
                + " float16 too");
      }
    } else {
      carrier.set("dtype", Models.DTYPE, Models.dtype("dtype", dtype));
    }
  }

  private static void quantization(Carrier carrier) {
    var arguments = carrier.arguments();
    boolean eight = arguments.isTrue("load_in_8bit");
    boolean four = arguments.isTrue("load_in_4bit");
    if (eight && four) {
      throw new TrainerException(
          ExitCode.InvalidSpec, "load_in_8bit and load_in_4bit exclude each other: give one");
    }
    var quantization = new QuantizationMapping(carrier);
    if (four) {
      quantization.inFour("load_in_4bit", "bnb_4bit_quant_type", "use_bnb_nested_quant");
    } else if (eight) {
      quantization.inEight("load_in_8bit");
    }
  }

  private static void packing(Carrier carrier) {
    var arguments = carrier.arguments();
    boolean packed = arguments.isTrue("packing");
    Integer length = arguments.whole("max_length");
    var packing = new PackingMapping(carrier);
    if (!packed) {
      packing.map("packing", PackingStrategy.None);
      Stream.of(SEQUENCES, CHARACTERS)
          .filter(arguments::isGiven)
          .forEach(name -> carrier.note(Kind.Moot, name, "packing is not asked for"));
    } else if (arguments.isGiven(SEQUENCES) || arguments.isGiven(CHARACTERS)) {
      packing.map("packing", PackingStrategy.ConstantLength);
      carrier.whole(SEQUENCES, "packing.numOfSequences");
      carrier.decimal(CHARACTERS, "packing.charsPerToken");
    } else {
      packing.map("packing_strategy", strategy(arguments.text("packing_strategy")));
    }
    if (length == null) {
      carrier.note(Kind.Differs, "max_length", "no length is no limit to TRL; here it needs one");
    }
    carrier.set("max_length", "packing.maxLength", length == null ? LONGEST : length);
  }

  private static PackingStrategy strategy(String name) {
    return switch (name) {
      case "bfd", "ffd" -> PackingStrategy.Bfd;
      case "bfd_split", "bfd-requeue" -> PackingStrategy.BfdSplit;
      case "wrapped" -> PackingStrategy.Wrapped;
      default -> throw Values.invalid("packing_strategy", name, "bfd, bfd_split or wrapped");
    };
  }

  private static void lora(Carrier carrier) {
    var arguments = carrier.arguments();
    if (!arguments.isTrue("use_peft")) {
      carrier
          .draft()
          .note(
              Kind.Lost,
              "use_peft is not set: TRL would train all weights; the job trains a LoRA adapter, of TRL's"
                  + " lora_* arguments");
    }
    carrier.whole("lora_r", "lora.rank");
    carrier.whole("lora_alpha", "lora.alpha");
    carrier.decimal("lora_dropout", "lora.dropout");
    var targets = new TargetsMapping(carrier);
    if (arguments.value("lora_target_modules") == null) {
      targets.standard("lora_target_modules", arguments.text("model_name_or_path"));
    } else {
      targets.of("lora_target_modules", list(arguments.value("lora_target_modules")));
    }
    carrier.list(
        "lora_modules_to_save", "lora.modulesToSave", arguments.items("lora_modules_to_save"));
    carrier.flag("use_rslora", "lora.useRslora");
  }

  /** A word of a file is one item. */
  private static List<String> list(Object value) {
    return value instanceof List<?> ? Values.items(value) : List.of(Values.text(value));
  }

  private static void objective(Carrier carrier) {
    String loss = carrier.arguments().text("loss_type");
    carrier.set(
        "loss_type",
        "training.lossType",
        switch (loss) {
          case "nll", "chunked_nll" -> "Nll";
          case "dft" -> "Dft";
          default -> throw Values.invalid("loss_type", loss, "nll or dft");
        });
  }
}
