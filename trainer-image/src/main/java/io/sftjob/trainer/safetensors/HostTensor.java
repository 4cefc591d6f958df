package io.sftjob.trainer.safetensors;

import java.nio.ByteBuffer;

/**
 * A named tensor in plain memory.
 *
 * @param data little-endian, row-major, position 0; not changed after construction
 */
public record HostTensor(String name, Dtype dtype, long[] shape, ByteBuffer data) {}
