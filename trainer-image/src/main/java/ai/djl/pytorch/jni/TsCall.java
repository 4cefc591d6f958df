package ai.djl.pytorch.jni;

import ai.djl.pytorch.engine.PtSymbolBlock;

/**
 * The one bridge into DJL's package-private natives: calls a TorchScript method with any arguments
 * and outside inference mode, so that results can enter an autograd graph.
 */
public final class TsCall {
  private TsCall() {}

  /** The arguments stay the caller's; the result is the caller's to close. */
  public static IValue run(PtSymbolBlock module, String method, IValue... arguments) {
    long[] handles = new long[arguments.length];
    for (int i = 0; i < handles.length; i++) {
      handles[i] = arguments[i].getHandle();
    }
    return new IValue(
        PyTorchLibrary.LIB.moduleRunMethod(module.getHandle(), method, handles, true, false));
  }
}
