package io.sftjob.trainer.train;

import io.sftjob.trainer.safetensors.HostTensor;
import java.util.List;

/**
 * All that changes during training. Order and dropout are functions of the seed and the step, so
 * this is enough to go on to the same bits.
 *
 * @param step optimizer steps done
 * @param tokensSeen tokens through forward and backward
 * @param adapter LoRA weights under PEFT's names, f32
 * @param expAvg AdamW's first moments, same order and shapes
 * @param expAvgSq AdamW's second moments, same order and shapes
 */
public record TrainState(
    long step,
    long tokensSeen,
    List<HostTensor> adapter,
    List<HostTensor> expAvg,
    List<HostTensor> expAvgSq) {}
