package org.tfportrait.core

import org.json.JSONArray
import org.json.JSONObject
import org.junit.Assert.assertTrue
import java.io.File
import java.nio.ByteBuffer
import java.nio.ByteOrder

/** The repository's golden vectors; see vectors/README.md. Run from android_demo/ or one of its modules. */
object Vectors {
    val folder: File = generateSequence(File("").absoluteFile) { it.parentFile }
        .map { File(it, "vectors") }.first { File(it, "index.json").isFile }

    val cases: List<Case> = read(folder, "index.json")

    /** Of a network with a prior, over frames one after another. */
    val videos: List<Case> = read(File(folder, "video"), "video.json")

    private fun read(place: File, name: String) = JSONObject(File(place, name).readText()).getJSONArray("cases").let { all ->
        (0 until all.length()).map { Case(all.getJSONObject(it), place) }
    }
}

/** [place]: the folder that its files lie in. */
class Case(private val json: JSONObject, private val place: File) {
    val name: String = json.getString("name")
    val operation: String = json.getString("operation")
    private val parameters = json.getJSONObject("parameters")

    fun int(key: String): Int = parameters.getInt(key)
    fun float(key: String): Float = parameters.getDouble(key).toFloat()
    fun text(key: String): String = parameters.getString(key)
    fun flag(key: String): Boolean = parameters.getBoolean(key)
    fun list(key: String): List<Int> = parameters.getJSONArray(key).let { list -> List(list.length()) { list.getInt(it) } }

    fun numbers(key: String): List<Double> =
        parameters.getJSONArray(key).let { list -> List(list.length()) { list.getDouble(it) } }

    fun input(key: String): Npy = Npy(File(place, json.getJSONObject("inputs").getString(key)))

    val expected: DoubleArray
        get() = when (val value = json.get("expected")) {
            is JSONArray -> flat(value).toDoubleArray()
            else -> Npy(File(place, value as String)).values()
        }

    /** Holds values against the expected ones with the case's tolerance. Returns the share that differs. */
    fun check(values: DoubleArray) {
        val expected = expected
        assertTrue("$name: ${values.size} values, not ${expected.size}", values.size == expected.size)
        val limits = json.getJSONObject("tolerance")
        val worst = values.indices.maxOf { Math.abs(values[it] - expected[it]) }
        val share = values.indices.count { values[it] != expected[it] } / values.size.toDouble()
        assertTrue("$name: differs by $worst", worst <= limits.getDouble("max"))
        assertTrue("$name: $share of the values differ", share <= limits.getDouble("share"))
    }

    private fun flat(value: JSONArray): List<Double> = (0 until value.length()).flatMap {
        val element = value.get(it)
        if (element is JSONArray) flat(element) else listOf((element as Number).toDouble())
    }
}

/** A NumPy file of version 1.0, uint8 or float32. */
class Npy(file: File) {
    private val content = ByteBuffer.wrap(file.readBytes()).order(ByteOrder.LITTLE_ENDIAN)
    private val start = 10 + content.getShort(8)
    private val header = String(content.array(), 10, start - 10)
    private val isByte = "'|u1'" in header
    val shape: List<Int> = Regex("'shape': \\(([^)]*)\\)").find(header)!!.groupValues[1]
        .split(",").map { it.trim() }.filter { it.isNotEmpty() }.map { it.toInt() }

    init {
        check(isByte || "'<f4'" in header) { "$file: neither uint8 nor float32: $header" }
    }

    private val count = shape.fold(1) { product, side -> product * side }

    fun bytes(): ByteArray = content.array().copyOfRange(start, start + count)

    fun floats(): FloatArray = FloatArray(count) {
        if (isByte) (content.get(start + it).toInt() and 0xff).toFloat() else content.getFloat(start + 4 * it)
    }

    fun values(): DoubleArray = DoubleArray(count) { floats0(it) }

    private fun floats0(index: Int): Double =
        if (isByte) (content.get(start + index).toInt() and 0xff).toDouble() else content.getFloat(start + 4 * index).toDouble()

    fun picture(): Picture {
        val bytes = bytes()
        return Picture(shape[1], shape[0], IntArray(shape[0] * shape[1]) { pixel(bytes, it) })
    }

    /** (T, H, W, 3) as T pictures. */
    fun pictures(): List<Picture> = bytes().let { bytes ->
        val each = shape[1] * shape[2]
        List(shape[0]) { t -> Picture(shape[2], shape[1], IntArray(each) { at -> pixel(bytes, t * each + at) }) }
    }

    private fun pixel(bytes: ByteArray, at: Int) =
        (0..2).fold(0xff) { pixel, c -> pixel shl 8 or (bytes[3 * at + c].toInt() and 0xff) }

    fun isPicture() = isByte && shape.size == 3
}

fun rgb(picture: Picture): DoubleArray = picture.pixels.flatMap { listOf(red(it), green(it), blue(it)) }
    .map { it.toDouble() }.toDoubleArray()

fun doubles(values: FloatArray): DoubleArray = DoubleArray(values.size) { values[it].toDouble() }
