package org.tfportrait.core

/** Something that the user can mend: the message names the file and the fix, and is shown as it is. */
class PortraitException(message: String, cause: Throwable? = null) : Exception(message, cause)
