"""Brazilian Portuguese, with `você`."""

TEXTS = {
    "ask_code": (
        "Se {address} é o endereço com que você entra, um código de 6 dígitos já está a caminho e vale por "
        "{minutes}. Digite aqui; eu escondo."
    ),
    "ask_code_late": (
        "Ainda não chegou? Olhe também a pasta de spam. Um alias não recebe nada, e não posso dizer "
        "qual é o endereço. O código que pedi para {address} continua valendo."
    ),
    "send_again": "Enviar de novo",
    "send_again_in": "Enviar de novo em {countdown}",
    "other_address": "Outro endereço",
    "a_person": "Uma pessoa",
    "code_wrong_one": "Não confere. Resta 1 tentativa. Só vale o e-mail mais recente.",
    "code_wrong": "Não confere. Restam {left} tentativas. Só vale o e-mail mais recente.",
    "code_spent": "Esse código já não serve. Posso mandar um novo.",
    "code_expired": "Esse código passou do prazo. Posso mandar um novo.",
    "code_throttled": (
        "Foram muitas tentativas seguidas. Espere um pouco e digite de novo; o e-mail mais recente continua valendo."
    ),
    "new_code": "Novo código",
    "return_wrong": "Esse não é o código de retorno. Olhe a página de novo: seis letras, três e três.",
    "return_spent": "Esse código de retorno já não serve. Confirme a senha mais uma vez para receber outro.",
    "return_expired": "Esse código de retorno passou do prazo. Confirme a senha mais uma vez para receber outro.",
    "ask_password": (
        "Agora a sua senha. Nunca digite a senha aqui: este botão abre a nossa própria página. Eu espero e "
        "continuo assim que der."
    ),
    "enter_password": "Digitar a senha",
    "ask_return_code": (
        "Você confirmou a senha em outro navegador, então falta uma coisa: a página mostra um código de retorno, "
        "seis letras como BCD-FGH, que vale por 5 minutos. Digite aqui; eu escondo."
    ),
    "confirm_on_page": (
        "Só falta um passo, e ele não é aqui: volte à página onde você digitou a senha e aperte o botão que está lá."
    ),
    "card_heading": "Isto é o que acontece se você disser sim.",
    "card_removed": "Sai",
    "card_sessions": "Sessões",
    "card_everywhere": "encerradas em todos os lugares",
    "card_next": "Próximo acesso",
    "card_next_value": "senha e um código por e-mail, e aí você escolhe um método novo",
    "card_when": "Quando",
    "card_now": "agora",
    "card_scheduled": "{when}, porque em alguns casos eu espero",
    "card_told": "Aviso para",
    "card_question": "Posso fazer?",
    "card_yes": "Remover e recomeçar",
    "card_no": "Manter",
    "not_recorded": "Não mudei nada. Quer que eu remova?",
    "executed": "Pronto, às {time}. {removed}. Configure já: até lá, sua conta tem só senha e e-mail.",
    "enrolled": "Novo método ativo. Tudo certo.",
    "executed_removed": "Saiu: {what}",
    "executed_old_method": "O método antigo saiu",
    "sign_in_new": "Entrar e configurar o novo",
    "scheduled": (
        "Confirmado. Para a sua segurança, faço isso em {when}, porque o pedido veio em circunstâncias em que "
        "sempre esperamos. Você não precisa fazer nada; eu aviso por e-mail. Achou o celular? É só entrar. Está "
        "com pressa? Um código de recuperação ou um por e-mail ainda deixa você entrar. Ninguém pode encurtar a "
        "espera, nem a nossa equipe."
    ),
    "status": "Ver situação",
    "cancel": "Cancelar o pedido",
    "refused_not_owner": (
        "Confirmei que é você, obrigada. Quem decide sobre redefinições é o titular da conta, por isso não posso "
        "fazer esta. Fale com ele, por favor."
    ),
    "ask_owner": (
        "Confirmei que é você, obrigada. Quem decide sobre redefinições é o titular da conta. Posso perguntar: a "
        "pessoa vê o seu nome, o motivo ({reason}) e quando você pediu."
    ),
    "ask_owner_pick": (
        "Confirmei que é você, obrigada. Quem decide sobre redefinições é o titular da conta. Posso perguntar: a "
        "pessoa vê o seu nome, o motivo que você escolher e quando pediu. O que aconteceu?"
    ),
    "ask_owner_on_page": (
        "Confirmei que é você, obrigada. Quem decide sobre redefinições é o titular da conta, e posso perguntar: "
        "volte à página em que você digitou a senha e use o botão de lá."
    ),
    "ask_the_owner": "Perguntar ao titular",
    "not_now": "Agora não",
    "awaiting_owner": (
        "Perguntei. O titular tem até {when} para decidir; eu aviso aqui e também por e-mail. Até lá nada muda. "
        "Achou o celular? É só entrar."
    ),
    "reason_lost_device": "celular ou app perdido",
    "reason_new_phone": "celular novo",
    "reason_new_number": "número de telefone novo",
    "reason_app_deleted": "app apagado",
    "reason_no_codes": "os códigos não chegam",
    "reason_switch": "quer outro método",
    "reason_stolen": "celular roubado",
    "reason_other": "outro motivo",
    "refused_asked_already": (
        "Confirmei que é você, obrigada. O titular já recebeu um pedido e ainda não decidiu; outro não seria mais "
        "rápido. Nada mudou."
    ),
    "refused_asked_too_often": (
        "Confirmei que é você, obrigada. O titular já recebeu três pedidos em 30 dias, por isso não posso "
        "perguntar de novo agora. Fale com ele, por favor. Nada mudou."
    ),
    "refused_owner_said_no": (
        "O titular da sua conta disse não. Nada foi removido, e o método que você tinha continua funcionando. "
        "Fale com ele, por favor; posso perguntar de novo um dia depois da resposta."
    ),
    "refused_nothing": "Não há segundo fator nesta conta, então não há o que redefinir. Você ativa um em Segurança.",
    "refused_frozen": (
        "Mudanças de acesso estão suspensas até {when}, porque alguém denunciou uma. Foi você? Então entre com um "
        "método mais antigo e encerre a suspensão em Segurança. Uma pessoa também pode ver isso com você."
    ),
    "refused_stopped": (
        "Mudanças de acesso estão suspensas até uma pessoa decidir, porque alguém denunciou uma. Posso "
        "chamar uma para você."
    ),
    "refused_too_many": "Esta conta já foi redefinida duas vezes em 30 dias. Daqui em diante uma pessoa precisa olhar.",
    "refused_changed": (
        "Alguma coisa na conta mudou nesse meio-tempo, então parei. Nada foi removido. Podemos começar de novo."
    ),
    "refused_desk_user": (
        "Contas da nossa própria equipe de atendimento não são redefinidas aqui. Quem faz isso é o operador."
    ),
    "set_up": "Abrir Segurança",
    "start_again": "Começar de novo",
    "something_else": "Outro assunto",
    "cancelled": "Cancelado. Nada foi removido, e o método que você tinha continua funcionando.",
    "expired": "Você ficou um tempo fora, então descartei as confirmações; nada foi mudado.",
    "undone": "Esta redefinição foi desfeita: o método antigo voltou, e o que veio depois foi removido.",
    "disputed": (
        "Este pedido foi interrompido, porque alguém disse que não foi quem pediu. Nada mais acontece com ele. Se "
        "foi você, por engano, uma pessoa pode ajudar."
    ),
    "confirmed": "Seu sim está registrado. Já estou fazendo.",
    "status_none": "Nenhuma redefinição foi pedida nesta conversa.",
    "status_open": "O pedido continua aberto: {step}. Até agora nada foi removido.",
    "reference": "Referência {reference}.",
    "step_1": "Passo 1 de 3: e-mail · 2: senha · 3: seu OK",
    "step_2": "1: e-mail · Passo 2 de 3: senha · 3: seu OK",
    "step_3": "1: e-mail · 2: senha · Passo 3 de 3: seu OK",
    "kind_app": "aplicativo autenticador",
    "kind_sms": "SMS",
    "kind_passkey": "{count} chaves de acesso",
    "kind_passkey_one": "1 chave de acesso",
    "kind_recovery_codes": "{count} códigos de recuperação",
    "kind_recovery_codes_one": "1 código de recuperação",
    "kind_devices": "{count} aparelhos lembrados",
    "kind_devices_one": "1 aparelho lembrado",
    "hidden_password": "Escondi isso. Se era a sua senha, troque logo, e use o botão.",
    "hidden_other": (
        "Escondi isso: parecia uma senha ou outro segredo. Digite esses dados só na página de acesso, nunca aqui."
    ),
    "loading": "Estou iniciando, alguns segundos. Sua mensagem está guardada.",
    "dialogue_down": (
        "Não estou conseguindo pensar direito agora, mas sua mensagem está guardada. Respondo assim que puder."
    ),
    "backend_down": (
        "Não consigo falar com o sistema de contas. Nada foi removido. Sua mensagem está guardada, e eu continuo "
        "sem você precisar repetir."
    ),
    "action_failed": ("Não consigo falar com o sistema de contas. Nada foi removido. Diga “continuar” quando quiser."),
    "action_unknown": (
        "Não consigo falar com o sistema de contas, por isso ainda não sei se deu certo. "
        "Diga “continuar” quando quiser, e eu verifico."
    ),
    "confirm_unknown": "Ainda não sei se deu certo. Não repita; estou verificando.",
    "turn_failed": "Isso deu errado do meu lado. Nada foi mudado. Diga de novo, por favor, com outras palavras.",
    "link_failed": "Não consigo abrir a página para você agora. Nada foi mudado. Peça de novo daqui a pouco.",
    "reset_it": "Redefinir",
    "as_before": "Como antes: {sentence}",
    "closed": "Esta conversa terminou. Abra outra quando quiser.",
    "page_login": "Entrar",
    "page_security": "Segurança",
    "page_help": "Central de ajuda",
    "page_members": "Membros",
    "page_not_me": "Não fui eu",
    "page_login_methods": "Outras formas de entrar",
    "here_is": "Aqui está:",
    "and": "e",
}
