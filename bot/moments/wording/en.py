"""English."""

TEXTS = {
    "ask_code": (
        "If {address} is the address you sign in with, a 6-digit code is on its way, good for {minutes}. Type it "
        "here; I hide it."
    ),
    "ask_code_late": (
        "Nothing there yet? Look in the spam folder too. An alias gets nothing, and I can't tell you which address "
        "it is. The code I asked for at {address} is still the one that counts."
    ),
    "send_again": "Send again",
    "send_again_in": "Send again in {countdown}",
    "other_address": "Other address",
    "a_person": "A person",
    "code_wrong_one": "That doesn't match. 1 try left. Only the newest mail counts.",
    "code_wrong": "That doesn't match. {left} tries left. Only the newest mail counts.",
    "code_spent": "This code is spent. I can send you a new one.",
    "code_expired": "That code is too old now. I can send you a new one.",
    "code_throttled": "Too many tries in a row. Wait a little, then type it again; the newest mail still counts.",
    "new_code": "New code",
    "return_wrong": "That isn't the return code. Look at the page once more: six letters, three and three.",
    "return_spent": "This return code is spent. Confirm your password once more to get another.",
    "return_expired": "This return code is too old. Confirm your password once more to get another.",
    "ask_password": (
        "Now your password. Never type it here: this button opens our own page. I'll wait and continue by myself."
    ),
    "enter_password": "Enter password",
    "ask_return_code": (
        "You confirmed the password in another browser, so I need one thing more: the page shows a return code, "
        "six letters like BCD-FGH, good for 5 minutes. Type it here; I hide it."
    ),
    "confirm_on_page": (
        "One step left, and it isn't here: go back to the page where you typed your "
        "password and press the button there."
    ),
    "card_heading": "This is what happens when you say so.",
    "card_removed": "Removed",
    "card_sessions": "Signed out",
    "card_everywhere": "everywhere",
    "card_next": "Next sign-in",
    "card_next_value": "password and a code by e-mail, then you choose a new method",
    "card_when": "When",
    "card_now": "now",
    "card_scheduled": "{when}, because I wait in some cases",
    "card_told": "Told",
    "card_question": "Shall I?",
    "card_yes": "Remove and start over",
    "card_no": "Keep it",
    "not_recorded": "I haven't changed anything. Shall I remove it?",
    "executed": "Done at {time}. {removed}. Do it now: until then your account has only password and e-mail.",
    "enrolled": "New method active. All set.",
    "executed_removed": "Gone: {what}",
    "executed_old_method": "The old method is gone",
    "sign_in_new": "Sign in and set up the new one",
    "scheduled": (
        "Confirmed. For your safety I carry it out on {when}, because it was asked in circumstances where we "
        "always wait. You need do nothing; I'll mail you. Found your phone? Just sign in. In a hurry? A recovery "
        "code or one by e-mail still signs you in. Nobody can shorten the wait, not even our people."
    ),
    "status": "Status",
    "cancel": "Cancel it",
    "refused_not_owner": (
        "You're you, thanks. Resets are the owner's to decide, so I can't do this one. Please speak with the "
        "owner of your account."
    ),
    "ask_owner": (
        "You're you, thanks. Resets are the owner's to decide. I can ask them: they see your name, the reason "
        "({reason}) and when."
    ),
    "ask_owner_pick": (
        "You're you, thanks. Resets are the owner's to decide. I can ask them: they see your name, the reason you "
        "pick and when. What happened?"
    ),
    "ask_owner_on_page": (
        "You're you, thanks. Resets are the owner's to decide, and I can ask them: go back to the page where you "
        "typed your password and press the button there."
    ),
    "ask_the_owner": "Ask the owner",
    "not_now": "Not now",
    "awaiting_owner": (
        "Asked. The owner has until {when} to decide; I'll tell you here, and by e-mail too. Until then nothing "
        "changes. Found your phone? Just sign in."
    ),
    "reason_lost_device": "phone or app lost",
    "reason_new_phone": "new phone",
    "reason_new_number": "new phone number",
    "reason_app_deleted": "app deleted",
    "reason_no_codes": "no codes arrive",
    "reason_switch": "wants another method",
    "reason_stolen": "phone stolen",
    "reason_other": "another reason",
    "refused_asked_already": (
        "You're you, thanks. The owner was asked already and hasn't decided yet; a second request would not be faster. "
        "Nothing was changed."
    ),
    "refused_asked_too_often": (
        "You're you, thanks. The owner was asked three times within 30 days, so I can't ask again now. Please speak "
        "with them. Nothing was changed."
    ),
    "refused_owner_said_no": (
        "The owner of your account said no. Nothing was removed, and the method you had still works. Please speak with "
        "them; I can ask again a day after their answer."
    ),
    "refused_nothing": (
        "There is no second factor on this account, so there is nothing to reset. You set one up in Security."
    ),
    "refused_frozen": (
        "Sign-in changes are on hold until {when}, because somebody reported one. Was it you? Then sign in with a "
        "method that is older and end the hold under Security. A person can look at it with you too."
    ),
    "refused_stopped": (
        "Sign-in changes are on hold until a person has decided, because somebody reported one. I can call one for you."
    ),
    "refused_too_many": "This account was reset twice in 30 days. From here on a person has to look at it.",
    "refused_changed": (
        "Something about the account changed in between, so I stopped. Nothing was removed. We can start over."
    ),
    "refused_desk_user": "Accounts of our own support desk are not reset here. Your operator does that.",
    "set_up": "Open Security",
    "start_again": "Start again",
    "something_else": "Something else",
    "cancelled": "Cancelled. Nothing was removed, and the method you had still works.",
    "expired": "You've been away, so I dropped the proofs; nothing was changed.",
    "undone": "This reset was undone: the old method is back, and everything set up since was removed.",
    "disputed": (
        "This reset was stopped, because somebody said it wasn't them. Nothing more happens with it. If that was "
        "you by mistake, a person can help."
    ),
    "confirmed": "Your yes is recorded. I'm carrying it out.",
    "status_none": "No reset was asked for in this conversation.",
    "status_open": "The reset is still open: {step}. Nothing was removed so far.",
    "reference": "Reference {reference}.",
    "step_1": "Step 1 of 3: e-mail · 2: password · 3: your OK",
    "step_2": "1: e-mail · Step 2 of 3: password · 3: your OK",
    "step_3": "1: e-mail · 2: password · Step 3 of 3: your OK",
    "kind_app": "authenticator app",
    "kind_sms": "SMS",
    "kind_passkey": "{count} passkeys",
    "kind_passkey_one": "1 passkey",
    "kind_recovery_codes": "{count} recovery codes",
    "kind_recovery_codes_one": "1 recovery code",
    "kind_devices": "{count} remembered devices",
    "kind_devices_one": "1 remembered device",
    "hidden_password": "I've hidden that. If it was your password, change it soon, and use the button.",
    "hidden_other": (
        "I've hidden that: it looked like a password or another secret. Type those on the sign-in page only, "
        "never here."
    ),
    "loading": "I'm starting, a few seconds. Your message is kept.",
    "dialogue_down": (
        "I can't think straight at the moment, but your message is kept. I'll answer as soon as I can again."
    ),
    "backend_down": (
        "I can't reach the account system. Nothing was removed. Your message is kept, and I'll go on by myself."
    ),
    "action_failed": ("I can't reach the account system. Nothing was removed. Say “continue” any time."),
    "action_unknown": (
        "I can't reach the account system, so I don't know yet whether it went through. "
        "Say “continue” any time and I look."
    ),
    "confirm_unknown": "I don't know yet whether it went through. Don't repeat it; I'm checking.",
    "turn_failed": "That went wrong on my side. Nothing was changed. Please say it once more, in other words.",
    "link_failed": "I can't open the page for you right now. Nothing was changed. Ask me again in a moment.",
    "reset_it": "Reset it",
    "as_before": "As before: {sentence}",
    "closed": "This conversation has ended. Open a new one whenever you like.",
    "page_login": "Sign in",
    "page_security": "Security",
    "page_help": "Help centre",
    "page_members": "Members",
    "page_not_me": "This wasn't me",
    "page_login_methods": "Other ways to sign in",
    "here_is": "Here it is:",
    "and": "and",
}
