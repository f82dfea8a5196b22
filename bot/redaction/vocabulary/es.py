"""Spanish words of ordinary sentences; lower case, without accents and apostrophes."""

FILLERS = """
ahi ahora alla aquel aquella aqui ayer bien el era es esa ese eso esta estaba estan esto estoy fue hoy la las le lo
los mas mi mis mucho muy ni no nuestra nuestro puede puedo quizas se ser siempre siendo solo su sus tambien te tengo
tenia tiene todavia tu tus un una unas unos ya yo
"""

STATES = """
aceptada activa alterada antigua bloqueada buena caducada caduco cambiada complicada comprometida conocida correcta
corta debil dificil distinta equivocada expirada expiro facil falsa filtrada fuerte funciona funcionando guardada
hackeada incorrecta insegura invalida larga llega llego mal mala misma mismo necesaria nueva obligatoria olvidada
olvide otra perdi perdida personal privada rechazada recordar recuerdo restablecida robada secreta segura temporal
vacia valida vencida vieja
"""

LEADS_ON = """
a ademas al antes ayuda como con cual cuando de del desde despues donde en gracias hasta mientras o para pero por
porque pues que quien si sin u y
"""

TALK = """
abierto abre abren abri abrio abrir acceso acuerdo adios agente ahora algo alguien alli anda aparece aparecio
aplicacion apretar apreto aqui asesor atras aun ayuda ayudame ayudar bien blanco bloqueada bloqueado boton buenas
buenos busco cambiar cambie cambio cancela cancelar carga cargando cargo celular cerrar cerro cierto claro clic codigo
comenzar como computadora conexion confirmar confirme continua continuar contrasena correcto correo creo cual cuando
cuanto cuenta cuidado dale dame de deja dejalo dejar dejemoslo demora desde despues di dia dice dificil digo direccion
disculpa dispositivo donde duda dudas dueno empezar encontrar encuentro enlace entendido entiendo entonces entrar entro
envia enviado enviame enviar enviaste equipo equivoque error escribi escribir escribo espera esperando esperar espere
esto existe expiro falla fallo falta funciona funcionando funciono gente gracias hacer haciendo hago hay hice hola hoy
humano igual intentar intente intento internet ir lento lista listo llamar llega llego manda mandar mande mensaje
metodo minuto minutos momento mostrar movil mucho muestra nada nadie navegador necesito ninguno nombre nueva nuevo
numero obtener ocurre ocurrio ok olvidado olvidalo olvide opcion ordenador otra otro pagina pantalla para parar parece
pasa paso pasos perdi perdido perdon perfecto permiso persona podria por porfa pregunta presionar problema propietario
puede puedo pulsar pulse pulso que quien quiero quisiera rapido raro recargar recibi recibido recibir recuerdo
recuperar regrese regreso repetir respuesta restablecer robado robaron saber sabes salir se seguir segundo segundos
seguro seria
servicio si siguiente sin sirve sitio soporte sos tal tarda tarde telefono tengo terminar termine tiempo tocar toco
todavia todo usar va vale vamos veo ver verdad vez volver volvi vuelta vuelto vuelvo ya
"""
