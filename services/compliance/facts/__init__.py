"""The shape of every fact that a law pack states: which keys its value has, and in which units."""

from typing import Final

from services.compliance.facts import company, pay, work
from services.compliance.facts.units import Shape

SHAPES: Final[dict[str, type[Shape]]] = {
    "contract.written_particulars": work.WrittenParticulars,
    "contract.probation_max": work.ProbationMax,
    "working_time.weekly_max": work.WeeklyMax,
    "working_time.daily_max": work.DailyMax,
    "working_time.rest": work.Rest,
    "working_time.overtime_premium": work.OvertimePremium,
    "leave.annual_min": work.AnnualMin,
    "leave.public_holidays": work.PublicHolidays,
    "leave.sick": work.SickLeave,
    "leave.maternity": work.MaternityLeave,
    "leave.paternity": work.PaternityLeave,
    "leave.parental": work.ParentalLeave,
    "termination.notice_employer": pay.NoticeEmployer,
    "termination.severance": pay.Severance,
    "pay.minimum_wage": pay.MinimumWage,
    "social.employer_headings": pay.EmployerHeadings,
    "social.health": pay.RuleInWords,
    "social.pension": pay.RuleInWords,
    "social.extra_months": pay.ExtraMonths,
    "social.other_mandatory": pay.OtherMandatory,
    "remote.right_to_disconnect": company.RightToDisconnect,
    "remote.telework_agreement": company.TeleworkAgreement,
    "remote.equipment_expenses": company.EquipmentExpenses,
    "contractor.misclassification_test": company.MisclassificationTest,
    "contractor.labour_leasing": company.LabourLeasing,
    "corporate.pe_nexus": company.PeNexus,
    "corporate.foreign_employer_registration": company.ForeignEmployerRegistration,
    "ip.inventions": company.Inventions,
    "ip.copyright": company.Copyright,
    "ip.clause_needed": company.ClauseNeeded,
    "data.law": company.DataLaw,
    "data.cross_border_transfer": company.CrossBorderTransfer,
    "data.residency": company.Residency,
    "data.authority": company.Authority,
}
"""Every fact of a pack and the shape of its value; a pack has all of them and no others."""
