package io.sftjob.trainer.imports;

import io.sftjob.trainer.imports.Note.Kind;

/** Names every argument that no field was made of. */
record Leftovers(KnownArguments known, Unmapped unmapped) {

  void tell(Carrier carrier) {
    for (String name : carrier.arguments().given()) {
      var entry = unmapped.find(name);
      if (entry.isPresent()) {
        tell(carrier, name, entry.get());
      } else if (carrier.arguments().wasRead(name)) {
        continue;
      } else if (known.find(name).isPresent()) {
        carrier.note(Kind.Moot, name, "has no effect beside the other arguments");
      } else {
        carrier.note(
            Kind.Unknown, name, "no argument of " + carrier.program().title() + " is called so");
      }
    }
  }

  private void tell(Carrier carrier, String name, Unmapped.Entry entry) {
    if (!entry.lost()) {
      carrier.note(Kind.Moot, name, entry.reason());
    } else if (isNeutral(carrier.arguments().value(name), name, entry)) {
      carrier.note(Kind.Moot, name, "is so here too");
    } else {
      carrier.note(Kind.Lost, name, entry.reason());
    }
  }

  private boolean isNeutral(Object value, String name, Unmapped.Entry entry) {
    return value == null
        || Boolean.FALSE.equals(value) && known.defaultOf(name) == null
        || known.find(name).isPresent() && Values.same(value, known.defaultOf(name))
        || entry.neutral().stream().anyMatch(neutral -> Values.same(value, neutral));
  }
}
