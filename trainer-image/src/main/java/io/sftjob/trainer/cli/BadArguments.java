package io.sftjob.trainer.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in a few lines what is wrong with a command line, and where help is. */
final class BadArguments implements IParameterExceptionHandler {
  @Override
  public int handleParseException(ParameterException problem, String[] arguments) {
    CommandLine command = problem.getCommandLine();
    var err = command.getErr();
    // A misspelt option is reported as a missing one; what is unknown says more.
    List<String> unknown = command.getUnmatchedArguments();
    if (unknown.isEmpty() || problem instanceof UnmatchedArgumentException) {
      err.println(problem.getMessage());
      UnmatchedArgumentException.printSuggestions(problem, err);
    } else {
      var unmatched = new UnmatchedArgumentException(command, unknown);
      err.println(unmatched.getMessage());
      UnmatchedArgumentException.printSuggestions(unmatched, err);
      err.println(problem.getMessage());
    }
    err.printf("%s --help lists what it takes.%n", command.getCommandSpec().qualifiedName());
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }
}
