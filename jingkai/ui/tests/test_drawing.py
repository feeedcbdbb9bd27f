"""Templates drawn the short way show what Django shows, also where a name is missing, odd or in the way."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.template import Context, Engine, Origin, Template, TemplateDoesNotExist, engines
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy, override

from jingkai.ui.drawing import QuickTemplate

Pair = namedtuple("Pair", "left right")


@dataclass
class Line:
    """What templates are given for the most part."""

    text: str = "<b>&"
    empty: str = ""
    parts: dict[str, Any] = field(default_factory=lambda: {"a": 1, "items": "own", "1": "one"})
    asked: int = 0

    def told(self) -> str:
        """Give a text, as a method."""
        self.asked += 1
        return f"told {self.asked}"

    def needs(self, what: str) -> str:
        """Cannot be called by a template."""
        return what

    @property
    def lost(self) -> str:
        """Point to a row that is not there."""
        raise ObjectDoesNotExist

    def gone(self) -> str:
        """Ask for a row that is not there."""
        raise ObjectDoesNotExist

    def erase(self) -> str:
        """Must not be called by a template."""
        raise AssertionError

    erase.alters_data = True  # type: ignore[attr-defined]

    @property
    def broken(self) -> str:
        """Fail for want of an attribute."""
        return self.nothing  # type: ignore[attr-defined,no-any-return]


class Kind:
    """A class is not called where it says so."""

    do_not_call_in_templates = True
    name = "kind"


def _values() -> dict[str, Any]:
    line = Line()
    return {
        "line": line,
        "lazy": SimpleLazyObject(Line),
        "lines": [Line("x"), Line("y")],
        "pair": Pair("l", "r"),
        "plain": {"key": "v<", "none": None, "deep": {"er": [1, 2]}},
        "html": mark_safe("<i>i</i>"),
        "word": gettext_lazy("Fill this in."),
        "number": 1234567,
        "exact": Decimal("1234.50"),
        "day": date(2026, 11, 21),
        "moment": datetime(2026, 11, 21, 14, 3),
        "none": None,
        "yes": True,
        "Kind": Kind,
        "call": lambda: "called & done",
        "texts": ("a", "b"),
    }


NAMES = [
    "line",
    "line.text",
    "line.empty",
    "line.parts.a",
    "line.parts.items",
    "line.parts.1",
    "line.parts.b",
    "line.parts.keys",
    "line.none",
    "line.told",
    "line.needs",
    "line.gone",
    "line.erase",
    "line.text.upper",
    "line.text.0",
    "line.parts.b.c",
    "line.told.upper",
    "lazy.text",
    "lazy.parts.a",
    "lazy.nothing",
    "lines.0.text",
    "lines.5",
    "lines.first",
    "pair.left",
    "pair.0",
    "pair.nothing",
    "plain.key",
    "plain.none",
    "plain.nothing",
    "plain.deep.er.1",
    "plain.deep.er.7",
    "plain.deep.items",
    "plain.0",
    "html",
    "word",
    "number",
    "exact",
    "day",
    "moment",
    "none",
    "none.x",
    "yes",
    "Kind",
    "Kind.name",
    "call",
    "call.upper",
    "texts.1",
    "texts",
    "nothing",
    "nothing.at.all",
    "autoescape",
    "dicts",
    "get",
    "template",
    "True",
    "False",
    "None",
]

FORMS = (
    "{{{{ {0} }}}}",
    "{{% if {0} %}}+{{% else %}}-{{% endif %}}",
    "{{% if not {0} or {0} == 1 %}}+{{% endif %}}",
    "{{{{ {0}|default:'none' }}}}",
    "{{{{ 'x'|default:{0} }}}}",
    "{{{{ 7|add:{0} }}}}",
    "{{% with it={0} %}}{{{{ it }}}}{{% endwith %}}",
    "{{% autoescape off %}}{{{{ {0} }}}}{{% endautoescape %}}",
    "{{% filter upper %}}{{{{ {0} }}}}{{% endfilter %}}",
    "{{% firstof {0} 'other' %}}",
)


def _shown(kind: type[Template], source: str, engine: Engine) -> tuple[str, str]:
    """Give what a template shows, or which error it raises."""
    try:
        return "shown", kind(source, engine=engine).render(Context(_values()))
    except Exception as error:
        return "raised", type(error).__name__


@pytest.fixture(params=["", "?%s?"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Draw with nothing for missing names, and with a mark for them."""
    return Engine(string_if_invalid=request.param)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_name_shows_what_django_shows(engine: Engine, form: str, language: str) -> None:
    """Dictionaries, objects, methods, lists, lazy values, missing and forbidden ones."""
    with override(language):
        for name in NAMES:
            source = form.format(name)
            assert _shown(QuickTemplate, source, engine) == _shown(Template, source, engine), source


@pytest.mark.parametrize("name", ["line.broken", "line.lost"])
def test_what_a_property_raises_is_raised(engine: Engine, name: str) -> None:
    """A mistake within an object is told by its own name, as ever."""
    source = f"{{{{ {name} }}}}"
    assert _shown(QuickTemplate, source, engine) == _shown(Template, source, engine)


def test_loops_show_what_django_shows(engine: Engine) -> None:
    """Loops over lists, dictionaries and nothing, with their counters and several names."""
    for source in (
        "{% for one in lines %}{{ forloop.counter }}{% if not forloop.last %},{% endif %}{% endfor %}",
        "{% for key, value in plain.deep.items %}{{ key }}={{ value }}{% empty %}-{% endfor %}",
        "{% for one in nothing %}x{% empty %}none{% endfor %}",
        "{% for a, b in lines %}x{% endfor %}",
        "{% for a in texts %}{% for b in texts %}{{ forloop.parentloop.counter0 }}{% endfor %}{% endfor %}",
        "{% if word == 'x' or texts.0 in texts and number > 3 %}yes{% endif %}",
        "{% url 'nowhere' as it %}{{ it }}",
    ):
        assert _shown(QuickTemplate, source, engine) == _shown(Template, source, engine), source


def test_a_method_is_called_once(engine: Engine) -> None:
    """Whoever looks a name up twice would count twice."""
    assert _shown(QuickTemplate, "{{ line.told }}{{ line.told }}", engine) == ("shown", "told 1told 2")


def test_the_product_draws_its_templates_so() -> None:
    """Those found by name; a missing one is told with all places where it was looked for."""
    found: Any = engines["django"].get_template("ui/base.html")
    assert type(found.template) is QuickTemplate
    with pytest.raises(TemplateDoesNotExist) as told:
        engines["django"].engine.find_template("ui/nowhere.html", skip=None)
    assert told.value.tried


def test_a_template_may_extend_its_namesake() -> None:
    """What was read already is skipped."""
    loader: Any = engines["django"].engine.template_loaders[0]
    own: Origin = loader.get_template("ui/base.html").origin
    with pytest.raises(TemplateDoesNotExist):
        loader.get_template("ui/base.html", skip=[own])


def test_debugging_draws_as_django_does() -> None:
    """An error then bears the line of the template."""
    engine = Engine(debug=True)
    with pytest.raises(AttributeError) as told:
        QuickTemplate("{{ line.broken }}", engine=engine).render(Context(_values()))
    assert told.value.template_debug["line"] == 1  # type: ignore[attr-defined]
