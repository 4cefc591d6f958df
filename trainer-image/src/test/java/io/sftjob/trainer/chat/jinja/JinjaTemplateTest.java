package io.sftjob.trainer.chat.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Jinja2 3.1 and Python say, beyond the templates of the fixtures. */
class JinjaTemplateTest {
  private static final LocalDateTime NOW = LocalDateTime.of(2024, 7, 6, 9, 5, 1);

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      quoteCharacter = '¤',
      value = {
        "{{ 7 // -2 }} {{ -7 % 3 }} {{ 7.5 // 2 }} {{ 1 / 2 }} {{ 4 / 2 }}§-4 2 3.0 0.5 2.0",
        "{{ 1e16 }} {{ 1e15 }} {{ 0.0001 }} {{ 0.00001 }} {{ 1.5e-7 }}§1e+16 1000000000000000.0 0.0001 1e-05 1.5e-07",
        "{{ [1, 'a', none, true, 1.0] }} {{ (1,) }} {{ {'k': \"it's\"} }}§[1, 'a', None, True, 1.0] (1,) {'k': \"it's\"}",
        "{{ 'a🙂b'[1] }} {{ 'a🙂b'[::-1] }} {{ 'a🙂b' | length }} {{ 'abc'[-2:] }}§🙂 b🙂a 3 bc",
        "{{ none is defined }} {{ nothing is defined }} {{ n is none }} {{ n is defined }}§True False True True",
        "{{ 1 < 2 < 3 }} {{ 3 > 2 > 2 }} {{ 1 == true }} {{ 'a' in ['a'] }} {{ 'x' not in 'abc' }}§True False True True True",
        "{{ a if false }}|{{ 'x' if true else y }}§|x",
        "{{ ' x ' | trim }}|{{ '\u3000x\u2028' | trim }}|{{ 'xxaxx'.strip('x') }}§x|x|a",
        "{{ 'a b  c'.split() }} {{ 'a,b,c'.split(',', 1) }} {{ 'a.b.c'.rsplit('.', 1) }}§['a', 'b', 'c'] ['a', 'b,c'] ['a.b', 'c']",
        "{{ \"they're bill's\" | title }} {{ \"they're\".title() }}§They're Bill's They'Re",
        "{% for k, v in {'a': 1, 'b': 2}.items() %}{{ loop.index }}{{ k }}{{ v }}{{ ',' if not loop.last }}{% endfor %}§1a1,2b2",
        "{% set x = 1 %}{% for i in [1, 2] %}{% set x = x + 1 %}{{ x }}{% endfor %}{{ x }}§221",
        "{% set x %}a{{ 1 }}{% endset %}{{ x * 2 }}§a1a1",
        "{% filter upper %}abc{% endfilter %}§ABC",
        "{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ a is defined }}§3False",
        "{% macro m(a, b=2) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}{{ m(1, b=3) }}§1213",
        "{{ {'b': 1, 'a': [1.0, 'é']} | tojson }} {{ {'b': 1, 'a': 2} | tojson(sort_keys=true) }} {{ 'é' | tojson(ensure_ascii=true) }}§{\"b\": 1, \"a\": [1.0, \"é\"]} {\"a\": 2, \"b\": 1} \"\\u00e9\"",
        "{{ [3, 1, 2] | sort | join('-') }} {{ ['b', 'A'] | sort | first }} {{ [1, 1, 2] | unique | list }}§1-2-3 A [1, 2]",
        "{{ '%05.2f|%x|%s' % (3.14159, 255, none) }}§03.14|ff|None",
        "{{ strftime_now('%d %b %Y, %-d %B %H:%M %p') }}§06 Jul 2024, 6 July 09:05 AM",
        "{{ 'a' 'b' }}{{ \"\\x41\\u00e9\\101\\q\" }}§abAéA\\q",
        "{{ -2 ** 2 }} {{ 2 ** -1 }} {{ 2 ** 3 ** 2 }}§4 0.5 64",
        "{{ '{{' }}{# {{ x }} #}{{ {'a': {'b': 1}}['a']['b'] }}§{{1",
      })
  void computesAsPythonDoes(String template, String expected) {
    assertThat(render(template)).isEqualTo(expected);
  }

  @Test
  void takesBlanksAroundBlocksAsJinjaDoes() {
    assertThat(render("a\n  {% if true %}\n  b\n  {% endif %}\n c")).isEqualTo("a\n  b\n c");
    assertThat(render("a  {% if true %} b {% endif %}\n")).isEqualTo("a   b ");
    assertThat(render("a \n {%- if true -%} \n b {%+ endif +%}\nc")).isEqualTo("ab \nc");
    assertThat(render("  {{ 1 }}  \n{{ 2 -}} \n {{- 3 }}\n\n")).isEqualTo("  1  \n23\n");
    assertThat(render("x\n  {# note #}\ny")).isEqualTo("x\ny");
    assertThat(render("a\r\nb{{ 'c' }}\r\n")).isEqualTo("a\nbc");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      quoteCharacter = '¤',
      value = {
        "{{ x | pprint }}§line 1: the filter `pprint` is not supported",
        "{% if a is weird %}{% endif %}§line 1: the test `weird` is not supported",
        "{% include 'x' %}§line 1: the tag `include` is not supported",
        "{% import 'os' as os %}§line 1: the tag `import` is not supported",
        "{% for x in y recursive %}{% endfor %}§a recursive loop is not supported",
        "{{ f(*args) }}§`*` in arguments is not supported",
        "{{ 'a }}§the string is not closed",
        "{{ a§`}}` is missing",
        "{% if a %}§`endif` is missing",
        "{% endif %}§unexpected `endif`",
        "{# a§the comment is not closed",
        "{{ a b }}§expected a print_end, found `b`",
        "{% break %}§`break` outside of a loop",
      })
  void refusesWhenParsing(String template, String message) {
    assertThatThrownBy(() -> JinjaTemplate.parse(template))
        .isInstanceOf(JinjaException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      quoteCharacter = '¤',
      value = {
        "{{ missing.field }}§line 1: 'missing' is undefined",
        "{{ {}.a.b }}§'a' is undefined",
        "{{ missing + 'a' }}§'missing' is undefined",
        "{{ 'a' + 1 }}§a string + an int is not possible",
        "{{ 1 < 'a' }}§an int and a string can not be ordered",
        "{{ none | length }}§None has no length",
        "{{ missing() }}§'missing' is undefined",
        "{{ 9223372036854775807 + 1 }}§overflow",
        "{{ 1 // 0 }}§by zero",
        "{{ [1].append(2) }}§a template may not change a list",
        "{% set a.b = 1 %}§`a` is no namespace",
        "{% set a, b = [1] %}§1 values can not be set to 2 names",
        "{{ strftime_now('%Q') }}§`%Q` is not supported",
        "{% set x %}{% generation %}a{% endgeneration %}{% endset %}§inside a macro or a set block",
      })
  void refusesWhenRendering(String template, String message) {
    JinjaTemplate parsed = JinjaTemplate.parse(template);
    assertThatThrownBy(() -> parsed.render(variables(), NOW))
        .isInstanceOf(JinjaException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ 'a'.getClass() }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ messages.stream() }}",
        "{{ 'a'.bytes() }}",
      })
  void reachesNoJava(String template) {
    assertThatThrownBy(() -> render(template)).isInstanceOf(JinjaException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for i in range(100000) %}{% for j in range(100000) %}{% if i %}{% endif %}{% endfor %}{% endfor %}",
        "{{ range(10000000) }}",
        "{{ 'a' * 1000000000 }}",
        "{% set x = 'aaaaaaaaaaaaaaaa' * 1000000 %}{% for i in range(100) %}{{ x }}{% endfor %}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{{ 10 ** 10 ** 10 }}",
        "{{ range(10 ** 9) }}",
        "{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | tojson }}",
        "{% set a = namespace(x=[1], y=[1]) %}{% for i in range(60) %}{% set a.x = [a.x, a.x] %}{% set a.y = [a.y, a.y] %}{% endfor %}{{ a.x == a.y }}",
        "{% set x = 'a' * 16000000 %}{{ x | replace('a', x) }}",
        "{% set x = 'a' * 16000000 %}{{ [x] * 1000 | join(x) }}",
        "{% set x = 'a' * 1000000 %}{% for i in range(99999) %}{% if 'b' in x %}{% endif %}{% endfor %}",
        "{{ range(99999) | list | map('string') | unique | list }}",
        "{% macro f(n) %}{{ f(n) ~ f(n) }}{% endmacro %}{{ f(1) }}",
        "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
        "{{ '%999999999d' % 1 }}",
        "{{ 1.5 | round(999999999) }}",
        "{{ 'a\nb' | indent(2000000000) }}",
        "{{ [1] | tojson(indent=2000000000) }}",
        "{{ ('a ' * 8000000).split() }}",
        "{{ ('a' * 16000000) | list }}",
      })
  void stopsWhatWouldNotEnd(String template) {
    assertTimeout(
        Duration.ofSeconds(10),
        () -> assertThatThrownBy(() -> render(template)).isInstanceOf(JinjaException.class));
  }

  @Test
  void saysThatATemplateDoesNotEnd() {
    assertThatThrownBy(
            () ->
                render(
                    "{% for i in range(99999) %}\n{% for j in range(99999) %}{% if j %}{% endif %}{% endfor"
                        + " %}{% endfor %}"))
        .isInstanceOfSatisfying(JinjaException.class, e -> assertThat(e.endless()).isTrue())
        .hasMessageContaining("does a loop in it end?");
    assertThatThrownBy(() -> render("{{ range(10 ** 9) }}"))
        .isInstanceOfSatisfying(JinjaException.class, e -> assertThat(e.endless()).isFalse())
        .hasMessage("line 1: range is too long; at most 100000 items");
  }

  /** Limits are far from what a long conversation needs. */
  @Test
  void rendersALongConversation() {
    var messages = new ArrayList<Map<String, String>>();
    for (int i = 0; i < 2000; i++) {
      messages.add(Map.of("role", i % 2 == 0 ? "user" : "assistant", "content", "x".repeat(2000)));
    }
    var template =
        JinjaTemplate.parse(
            "{% for m in messages %}<|im_start|>{{ m.role + '\n' + m['content'] | trim +"
                + " '<|im_end|>' }}{% endfor %}");
    assertThat(template.render(Map.of("messages", messages), NOW).text())
        .hasSizeGreaterThan(4_000_000);
  }

  @Test
  void aNestedBombIsRefused() {
    String deep = "(".repeat(100_000) + "1" + ")".repeat(100_000);
    assertThatThrownBy(() -> JinjaTemplate.parse("{{ " + deep + " }}"))
        .isInstanceOf(JinjaException.class)
        .hasMessageContaining("nested too deep");
  }

  @Test
  void findsGenerationBlocksInside() {
    assertThat(
            JinjaTemplate.parse(
                    "{% for m in x %}{% if m %}{% generation %}{% endgeneration %}{% endif %}{% endfor %}")
                .marksGeneration())
        .isTrue();
    assertThat(JinjaTemplate.parse("{{ 'generation' }}").marksGeneration()).isFalse();
  }

  private static String render(String template) {
    return JinjaTemplate.parse(template).render(variables(), NOW).text();
  }

  private static Map<String, Object> variables() {
    Map<String, Object> variables = new HashMap<>();
    variables.put("n", null);
    variables.put("messages", Arrays.asList(Map.of("role", "user"), null));
    variables.put("list", List.of(1L));
    return variables;
  }
}
