package io.sftjob.trainer.spec;

import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The schema's constraints, read from the same annotations that the CRD is generated from. */
final class Constraints {
  private Constraints() {}

  static List<String> problems(String path, Record value) {
    var problems = new ArrayList<String>();
    record(path, value, problems);
    return problems;
  }

  private static void record(String path, Record record, List<String> problems) {
    for (var component : record.getClass().getRecordComponents()) {
      String field = path + "." + component.getName();
      var declared = declaration(component);
      Object value = read(component, record);
      if (value == null) {
        if (declared.isAnnotationPresent(Required.class)) {
          problems.add(field + " is missing");
        }
        continue;
      }
      check(field, declared, value, problems);
      if (value instanceof Record inner) {
        record(field, inner, problems);
      } else if (value instanceof List<?> list
          && component.getAnnotatedType() instanceof AnnotatedParameterizedType type) {
        var element = type.getAnnotatedActualTypeArguments()[0];
        for (int i = 0; i < list.size(); i++) {
          String item = "%s[%d]".formatted(field, i);
          check(item, element, list.get(i), problems);
          if (list.get(i) instanceof Record inner) {
            record(item, inner, problems);
          }
        }
      }
    }
  }

  private static void check(
      String field, AnnotatedElement declared, Object value, List<String> problems) {
    if (value instanceof Number number) {
      var min = declared.getAnnotation(Min.class);
      var max = declared.getAnnotation(Max.class);
      if (min != null && number.doubleValue() < min.value()) {
        problems.add("%s is %s; expected at least %.0f".formatted(field, number, min.value()));
      }
      if (max != null && number.doubleValue() > max.value()) {
        problems.add("%s is %s; expected at most %.0f".formatted(field, number, max.value()));
      }
    }
    var size = declared.getAnnotation(Size.class);
    if (size != null && (size(value) < size.min() || size(value) > size.max())) {
      problems.add(
          "%s has length %d; expected %d to %d"
              .formatted(field, size(value), size.min(), size.max()));
    }
    var pattern = declared.getAnnotation(Pattern.class);
    if (pattern != null && value instanceof String text && !text.matches(pattern.value())) {
      problems.add("%s is '%s'; expected %s".formatted(field, text, pattern.value()));
    }
  }

  private static long size(Object value) {
    return switch (value) {
      case String text -> text.length();
      case List<?> list -> list.size();
      case Map<?, ?> map -> map.size();
      default -> 0;
    };
  }

  /** A record component's annotations stand on its field, where their targets allow that. */
  private static AnnotatedElement declaration(RecordComponent component) {
    try {
      return component.getDeclaringRecord().getDeclaredField(component.getName());
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException(e);
    }
  }

  static Object read(RecordComponent component, Record record) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
