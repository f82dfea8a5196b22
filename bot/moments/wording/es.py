"""Spanish, with `tú`."""

TEXTS = {
    "ask_code": (
        "Si {address} es la dirección con la que entras, ya va en camino un código de 6 dígitos que vale "
        "{minutes}. Escríbelo aquí; yo lo oculto."
    ),
    "ask_code_late": (
        "¿Aún no llega? Mira también en el correo no deseado. Un alias no recibe nada, y no puedo decirte qué "
        "dirección es. El código que pedí para {address} sigue siendo el que vale."
    ),
    "send_again": "Enviar otra vez",
    "send_again_in": "Enviar otra vez en {countdown}",
    "other_address": "Otra dirección",
    "a_person": "Una persona",
    "code_wrong_one": "No coincide. Queda 1 intento. Solo vale el correo más reciente.",
    "code_wrong": "No coincide. Quedan {left} intentos. Solo vale el correo más reciente.",
    "code_spent": "Este código ya no sirve. Puedo enviarte uno nuevo.",
    "code_expired": "Ese código ya caducó. Puedo enviarte uno nuevo.",
    "code_throttled": (
        "Demasiados intentos seguidos. Espera un poco y escríbelo otra vez; el correo más reciente sigue valiendo."
    ),
    "new_code": "Código nuevo",
    "return_wrong": "Ese no es el código de regreso. Mira la página otra vez: seis letras, tres y tres.",
    "return_spent": "Ese código de regreso ya no sirve. Confirma tu contraseña una vez más para recibir otro.",
    "return_expired": "Ese código de regreso ya caducó. Confirma tu contraseña una vez más para recibir otro.",
    "ask_password": (
        "Ahora tu contraseña. Nunca la escribas aquí: este botón abre nuestra propia página. Yo espero y sigo sola."
    ),
    "enter_password": "Escribir la contraseña",
    "ask_return_code": (
        "Confirmaste la contraseña en otro navegador, así que falta algo más: la página muestra un código de "
        "regreso, seis letras como BCD-FGH, que vale 5 minutos. Escríbelo aquí; yo lo oculto."
    ),
    "confirm_on_page": (
        "Solo falta un paso, y no es aquí: vuelve a la página donde escribiste tu "
        "contraseña y pulsa el botón que está allí."
    ),
    "card_heading": "Esto es lo que pasa si dices que sí.",
    "card_removed": "Se elimina",
    "card_sessions": "Sesiones",
    "card_everywhere": "cerradas en todas partes",
    "card_next": "Próximo acceso",
    "card_next_value": "contraseña y un código por correo, y luego eliges un método nuevo",
    "card_when": "Cuándo",
    "card_now": "ahora",
    "card_scheduled": "{when}, porque en algunos casos espero",
    "card_told": "Aviso a",
    "card_question": "¿Lo hago?",
    "card_yes": "Eliminar y empezar de nuevo",
    "card_no": "Conservar",
    "not_recorded": "No he cambiado nada. ¿Lo elimino?",
    "executed": "Listo, a las {time}. {removed}. Hazlo ya: hasta entonces tu cuenta solo tiene contraseña y correo.",
    "enrolled": "Método nuevo activo. Todo listo.",
    "executed_removed": "Eliminado: {what}",
    "executed_old_method": "El método anterior ya no está",
    "sign_in_new": "Entrar y configurar el nuevo",
    "scheduled": (
        "Confirmado. Por tu seguridad lo hago el {when}, porque se pidió en circunstancias en las que siempre "
        "esperamos. No tienes que hacer nada; te aviso por correo. ¿Apareció tu teléfono? Entra sin más. ¿Tienes "
        "prisa? Con un código de recuperación o uno por correo puedes entrar igual. Nadie puede acortar la "
        "espera, tampoco nuestro equipo."
    ),
    "status": "Ver estado",
    "cancel": "Cancelarlo",
    "refused_not_owner": (
        "Ya sé que eres tú, gracias. Los restablecimientos los decide el titular de la cuenta, así que no puedo "
        "hacer este. Habla con él, por favor."
    ),
    "ask_owner": (
        "Eres tú, gracias. Los restablecimientos los decide el titular de la cuenta. Puedo preguntarle: verá tu "
        "nombre, el motivo ({reason}) y cuándo lo pediste."
    ),
    "ask_owner_pick": (
        "Eres tú, gracias. Los restablecimientos los decide el titular de la cuenta. Puedo preguntarle: verá tu "
        "nombre, el motivo que elijas y cuándo lo pediste. ¿Qué pasó?"
    ),
    "ask_owner_on_page": (
        "Eres tú, gracias. Los restablecimientos los decide el titular de la cuenta, y puedo preguntarle: vuelve a "
        "la página donde escribiste tu contraseña y pulsa el botón de allí."
    ),
    "ask_the_owner": "Preguntar al titular",
    "not_now": "Ahora no",
    "awaiting_owner": (
        "Le pregunté. El titular tiene hasta el {when} para decidir; te aviso aquí y también por correo. Hasta "
        "entonces no cambia nada. ¿Encontraste el teléfono? Solo inicia sesión."
    ),
    "reason_lost_device": "teléfono o app perdidos",
    "reason_new_phone": "teléfono nuevo",
    "reason_new_number": "número de teléfono nuevo",
    "reason_app_deleted": "app borrada",
    "reason_no_codes": "no llegan los códigos",
    "reason_switch": "quiere otro método",
    "reason_stolen": "teléfono robado",
    "reason_other": "otro motivo",
    "refused_asked_already": (
        "Eres tú, gracias. El titular ya recibió una solicitud y todavía no ha decidido; otra no sería más rápida. "
        "No cambió nada."
    ),
    "refused_asked_too_often": (
        "Eres tú, gracias. El titular ya recibió tres solicitudes en 30 días, así que ahora no puedo volver a "
        "preguntar. Habla con él, por favor. No cambió nada."
    ),
    "refused_owner_said_no": (
        "El titular de tu cuenta dijo que no. No se eliminó nada, y el método que tenías sigue funcionando. Habla "
        "con él, por favor; puedo volver a preguntar un día después de su respuesta."
    ),
    "refused_nothing": (
        "Esta cuenta no tiene un segundo paso, así que no hay nada que restablecer. Lo activas en Seguridad."
    ),
    "refused_frozen": (
        "Los cambios de acceso están en pausa hasta el {when}, porque alguien denunció uno. ¿Fuiste tú? Entra con un "
        "método anterior y termina la pausa en Seguridad. También puede verlo contigo una persona."
    ),
    "refused_stopped": (
        "Los cambios de acceso están en pausa hasta que decida una persona, porque alguien denunció uno. Puedo "
        "llamar a una."
    ),
    "refused_too_many": (
        "Esta cuenta se restableció dos veces en 30 días. A partir de aquí tiene que mirarlo una persona."
    ),
    "refused_changed": (
        "Algo de la cuenta cambió entretanto, así que me detuve. No se eliminó nada. Podemos empezar de nuevo."
    ),
    "refused_desk_user": "Las cuentas de nuestro propio equipo de soporte no se restablecen aquí. Lo hace el operador.",
    "set_up": "Abrir Seguridad",
    "start_again": "Empezar de nuevo",
    "something_else": "Otra cosa",
    "cancelled": "Cancelado. No se eliminó nada, y el método que tenías sigue funcionando.",
    "expired": "Estuviste fuera un rato, así que descarté las confirmaciones; no se cambió nada.",
    "undone": "Este restablecimiento se deshizo: tu método anterior ha vuelto y se eliminó lo posterior.",
    "disputed": (
        "Esta solicitud se detuvo, porque alguien dijo que no la había hecho. No pasa nada más con ella. Si fuiste tú "
        "por error, una persona puede ayudarte."
    ),
    "confirmed": "Tu sí quedó registrado. Lo estoy haciendo.",
    "status_none": "En esta conversación no se pidió ningún restablecimiento.",
    "status_open": "La solicitud sigue abierta: {step}. Hasta ahora no se eliminó nada.",
    "reference": "Referencia {reference}.",
    "step_1": "Paso 1 de 3: correo · 2: contraseña · 3: tu OK",
    "step_2": "1: correo · Paso 2 de 3: contraseña · 3: tu OK",
    "step_3": "1: correo · 2: contraseña · Paso 3 de 3: tu OK",
    "kind_app": "aplicación de autenticación",
    "kind_sms": "SMS",
    "kind_passkey": "{count} llaves de acceso",
    "kind_passkey_one": "1 llave de acceso",
    "kind_recovery_codes": "{count} códigos de recuperación",
    "kind_recovery_codes_one": "1 código de recuperación",
    "kind_devices": "{count} dispositivos recordados",
    "kind_devices_one": "1 dispositivo recordado",
    "hidden_password": "Lo he ocultado. Si era tu contraseña, cámbiala pronto, y usa el botón.",
    "hidden_other": (
        "Lo he ocultado: parecía una contraseña u otro dato secreto. Escribe eso solo en la página de "
        "acceso, nunca aquí."
    ),
    "loading": "Estoy arrancando, unos segundos. Tu mensaje queda guardado.",
    "dialogue_down": (
        "Ahora mismo no puedo pensar con claridad, pero tu mensaje queda guardado. Respondo en cuanto pueda."
    ),
    "backend_down": (
        "No logro conectar con el sistema de cuentas. No se eliminó nada. Tu mensaje queda guardado, y yo sigo sola."
    ),
    "action_failed": (
        "No logro conectar con el sistema de cuentas. No se eliminó nada. Di “continuar” cuando quieras."
    ),
    "action_unknown": (
        "No logro conectar con el sistema de cuentas, así que todavía no sé si salió bien. "
        "Di “continuar” cuando quieras y lo miro."
    ),
    "confirm_unknown": "Todavía no sé si salió bien. No lo repitas; lo estoy comprobando.",
    "turn_failed": "Eso falló de mi lado. No se cambió nada. Dilo otra vez, por favor, con otras palabras.",
    "link_failed": "Ahora mismo no puedo abrirte la página. No se cambió nada. Pídemelo otra vez en un momento.",
    "reset_it": "Restablecer",
    "as_before": "Igual que antes: {sentence}",
    "closed": "Esta conversación terminó. Abre otra cuando quieras.",
    "page_login": "Entrar",
    "page_security": "Seguridad",
    "page_help": "Centro de ayuda",
    "page_members": "Miembros",
    "page_not_me": "No fui yo",
    "page_login_methods": "Otras formas de entrar",
    "here_is": "Aquí está:",
    "and": "y",
}
