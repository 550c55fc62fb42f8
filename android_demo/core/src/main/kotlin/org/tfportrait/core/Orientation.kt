package org.tfportrait.core

/**
 * Degrees, clockwise, by which a camera's frame is turned to stand upright on the screen.
 *
 * [sensor]: how the sensor is mounted (SENSOR_ORIENTATION). [display]: how the display is turned from its natural
 * position. A front camera looks the other way, so the display's turn counts the other way; it is mirrored afterwards.
 */
fun uprightTurn(sensor: Int, display: Int, front: Boolean): Int =
    Math.floorMod(if (front) sensor + display else sensor - display, 360)
