"""Small words that say nothing about what a text is about."""

from __future__ import annotations

from functools import cache
from typing import Final

_ENGLISH: Final = """
a about above after again all also am an and any anyone anything are aren't as at be because been
before being below between both but by can can't cannot could couldn't did didn't do does doesn't
doing don't done down during each else even ever every few for from further get gets getting give
go goes going got had has hasn't have haven't having he hello her here hers hi him his how however
i i'd i'll i'm i've if in into is isn't it it's its itself just know last let like look made make
makes many may me might more most much must my myself need needs new no nor not now of off often
on once one only or other our ours out over own please put said same say says see seem set she
should shouldn't since so some someone something still such take tell than thank thanks that
that's the their them then there there's these they thing things think this those though three
through to too tried try trying twice two under until up us use used using very want wants was
wasn't way we we're we've well were what when where which while who whole whom why will with
without won't would wouldn't yes yet you you're you've your yours
"""
_OTHERS: Final = """
aber als alle auch auf aus bei bin bis bitte das dass dem den der des die dies doch ein eine einem
einen einer es für hat habe haben hallo ich ihr im in ist ja kann kein keine man mein meine mich mir
mit nach nicht noch nur ob oder schon sehr sein seit sich sie sind so über um und uns unser unsere
vom von vor war warum was wenn wer wie wir wird wo zu zum zur
alors au aux avec avoir bonjour ce ces cette comme dans de des du elle en encore est et être fait
il ils j'ai je la le les leur lui mais me mes moi mon même ne nous notre on ou où par pas plus pour
qu'il quand que quel qui sa sans se ses si son sont sur ta tes ton tout très tu un une vos votre
vous à
al como con cuando de del donde el ella en era es esta este está están ha hasta hay hola la las le
les lo los me mi muy más nada ni no nos o para pero por porque que qué se ser si sin sobre su sus sí
también te tengo tiene un una uno y ya yo
che chi ci come con cosa da dal del della di e ed gli ha ho i il io la le lo ma mi nel nella non per
perché più questa questo se si sono su tra tu una uno vi
ao aos as até com da das de dele depois do dos e ela ele em entre era essa esse esta está eu foi há
isso isto já mais mas me mesmo meu minha muito na nas no nos não num o os ou para pela pelo por
qual quando que quem se sem ser seu seus só sua são também te tem um uma você à
aan als ben bij dan dat de deze die dit door een en er geen had heb hebben heeft het hij hoe ik in
is je kan maar me met mij mijn naar niet nog nu of om omdat ons ook op over te toch tot uit van veel
voor waar wat we wel werd wij wil wordt zal ze zich zij zijn zo
"""


@cache
def small_words() -> frozenset[str]:
    """Give the small words of the languages most often written to us."""
    return frozenset((_ENGLISH + _OTHERS).split())
