"""The journey of a hire: one decider for the whole life, from the first report to the last access.

A rule records what a message says and leaves the rest to `Advance`, which derives what follows.
"""

from libs.common.contracts.compliance import CheckDecided
from libs.common.contracts.console import (
    AccessRestorationRequested,
    AccessWithholdingRequested,
    CancellationRequested,
    ContactCorrectionRequested,
    ErasureRequested,
    StartMoveRequested,
    TaskCompletionRequested,
    TaskReassignmentRequested,
    TaskRejectionRequested,
)
from libs.common.decider import Decider
from libs.common.message import EffectFailed
from services.onboarding import (
    access_rules,
    console_rules,
    erasure_rules,
    fetch_rules,
    hire_rules,
    posture_rules,
    task_rules,
)
from services.onboarding.commands import (
    ApproveTask,
    CompleteTask,
    EndAwaited,
    FirstDay,
    HandTask,
    LastDayOver,
    PlanAnew,
    PostureRunsOut,
    RejectTask,
    ReportCancel,
    ReportHire,
    ReportLeaving,
    ReportPosture,
    ReportStay,
    RetryAccess,
    TaskDeadline,
    TaskReminder,
    TiersChange,
)
from services.onboarding.erasure_messages import KeysFound, KeysShredded
from services.onboarding.erasure_rules import lasting
from services.onboarding.hints import EmployeeFound, EmployeeGone, FollowHint, LookAgain
from services.onboarding.identity.messages import IdentityGone, IdentityReady
from services.onboarding.model import Journey
from services.onboarding.vpn.messages import PeerGone, PeerReady

journey = Decider("journey", Journey, one_trace=True)

journey.on(ReportHire)(lasting(hire_rules.report))
journey.on(ReportCancel)(lasting(hire_rules.cancel))
journey.on(ReportLeaving)(lasting(hire_rules.leave))
journey.on(ReportStay)(lasting(hire_rules.stay))
journey.on(EndAwaited)(hire_rules.end_awaited)
journey.on(FirstDay)(hire_rules.begin_first_day)
journey.on(LastDayOver)(hire_rules.end_last_day)

journey.on(FollowHint)(lasting(fetch_rules.follow_hint))
journey.on(EmployeeFound)(lasting(fetch_rules.follow_employee))
journey.on(EmployeeGone)(fetch_rules.follow_absence)
journey.on(LookAgain)(fetch_rules.look_again)

journey.on(CheckDecided)(task_rules.follow_ruling)
journey.on(TiersChange)(task_rules.plan_anew)
journey.on(PlanAnew)(task_rules.plan_anew)
journey.on(CompleteTask)(task_rules.complete)
journey.on(ApproveTask)(task_rules.approve)
journey.on(RejectTask)(task_rules.reject)
journey.on(HandTask)(task_rules.hand)
journey.on(TaskReminder)(task_rules.remind)
journey.on(TaskDeadline)(task_rules.escalate)

journey.on(PeerReady)(access_rules.grant)
journey.on(PeerGone)(access_rules.note_revocation)
journey.on(IdentityReady)(access_rules.grant)
journey.on(IdentityGone)(access_rules.note_revocation)
journey.on(EffectFailed)(erasure_rules.note_failure)
journey.on(RetryAccess)(access_rules.retry)

journey.on(ReportPosture)(posture_rules.report)
journey.on(PostureRunsOut)(posture_rules.run_out)

journey.on(TaskCompletionRequested)(console_rules.complete)
journey.on(TaskRejectionRequested)(console_rules.send_back)
journey.on(TaskReassignmentRequested)(console_rules.reassign)
journey.on(StartMoveRequested)(console_rules.move_start)
journey.on(CancellationRequested)(console_rules.cancel)
journey.on(AccessWithholdingRequested)(console_rules.withhold_access)
journey.on(AccessRestorationRequested)(console_rules.restore_access)
journey.on(ContactCorrectionRequested)(console_rules.correct_contact)
journey.on(ErasureRequested)(console_rules.erase)

journey.on(KeysFound)(erasure_rules.shred)
journey.on(KeysShredded)(erasure_rules.give_receipt)
