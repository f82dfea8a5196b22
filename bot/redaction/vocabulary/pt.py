"""Portuguese words of ordinary sentences; lower case, without accents and apostrophes."""

FILLERS = """
a agora ai ainda aquela aquele aqui as bem e eh ela elas ele eles era essa esse esta estao estava este estou eu foi
hoje isso isto ja la mais meu meus minha minhas mt muito nao nem nos nossa nosso nunca o ontem os pode posso sempre
sendo ser seu seus so sua suas ta talvez tambem tbm tem tenho tinha um uma umas uns vc voce
"""

STATES = """
aceita alterada antiga apagada ativa bloqueada certa certinha chega chegando chegou comprometida conhecida correta
curta desatualizada diferente dificil errada errado esqueci esquecida expirada expirou facil forte fraca funciona
funcionando funcionou grande guardada incorreta inexistente insegura invalida lembrar lembro longa mesma mesmo mudada
necessaria nova obrigatoria ok outra pequena perdi perdida pessoal provisoria recusada redefinida roubada salva
secreta segura sei temporaria trocada valida vazada vazia vazou velha
"""

LEADS_ON = """
a ajuda antes ao ate com como da das de depois desde do dos e em enquanto mas na nas no nos obrigada obrigado onde ou
para pela pelo pois por porque pra pro qual quando que quem se sem
"""

TALK = """
abre abri abrir abriu acabou acesso acha achar achei acho aconteceu agora aguarda aguardando aguardar aguarde aham
ainda ajuda ajudar ajude ajudem algo alguem aparece apareceram apareceu aparelho apertar apertei aplicativo app aqui
atendente atendimento atras beleza bloqueada bloqueado bloqueador bloqueou blz boa botao branco bugou cade caixa calma
calmai cancela cancelar cancele carrega carregando carregou celular certo chega chegou clica clicar clico cliquei
codigo combinado comecar comeco como computador conecta conexao confirma confirmar confirmei consegue consegui consigo
conta continua continuar continue correto cuidado da dei deixa demais demora demorando demorou desculpa desculpe
desisto desliga deu diferente digita digitar digitei digo disse diz dono duvida duvidas e-mail email endereco entao
entender entendi entra entrar entrei entrou envia enviar enviou errado errei erro escrevi espera esperando esperar
espere esquecer esqueci estranho existe expirou explica explique fala falar falha falhou falta faz fazendo fazer
fechar fechou feito ficou fiz foi funciona funcionando funcionou google gostaria hoje humano ideia internet isso ja
jaja janela lembrar lembro ligar linha link lixeira login logo manda mandar mandou mas meia melhor mensagem mesmo mim
minuto minutos momento mostra mudar nada nao navegador navegadores ne nenhum nenhuma ninguem nome nova novamente novo
numero obrigada obrigado oi ola onde opa opcao outra outro pagina para parar pare parece passo pera perai perdao
perdeu perdi pergunta pergunto permite pessoa pode pra precisa preciso pressa problema pronta pronto proprietario qual
quando quebrou quem quero rapido recarregar receber recebi recuperar redefinir repete repetir reset resposta roubado
roubaram saber sair sei sem senha sera sim site so socorro spam sumiu suporte ta tah tarde tava tela tem tenta
tentando tentar tente tentei terminei testar to travada travado travou trocar tudo ue uhum valeu vejo ver verdade vez
vi vlw volta voltar voltei vou whatsapp
"""
