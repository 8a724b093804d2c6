"""How HR systems call the ways in which a person is engaged."""

from typing import Final

from libs.common.contracts.values import Engagement

ENGAGEMENT_BY_EMPLOYMENT_TYPE: Final = {
    "full time": Engagement.EMPLOYEE,
    "part time": Engagement.EMPLOYEE,
    "employee": Engagement.EMPLOYEE,
    "permanent": Engagement.EMPLOYEE,
    "eor": Engagement.EOR,
    "employer of record": Engagement.EOR,
    "contractor": Engagement.CONTRACTOR,
    "independent contractor": Engagement.CONTRACTOR,
    "freelance": Engagement.CONTRACTOR,
    "freelancer": Engagement.CONTRACTOR,
}
"""What the usual values of "Employment Type" say; "contract" may be either."""


def engagement_of(employment_type: object) -> Engagement | None:
    """How a person of this employment type is engaged; None where the words leave it open."""
    words = str(employment_type).casefold().replace("-", " ").split()
    return ENGAGEMENT_BY_EMPLOYMENT_TYPE.get(" ".join(words))
