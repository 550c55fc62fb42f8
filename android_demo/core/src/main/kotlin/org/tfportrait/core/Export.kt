package org.tfportrait.core

import java.io.IOException
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.security.MessageDigest

/** Where exports lie: the assets of an app, or a folder on a disk. Paths have slashes. */
interface Files {
    /** Names in a folder; empty if there is none. */
    fun list(folder: String): List<String>

    /** The content, mapped where that is possible. Throws IOException if there is no such file. */
    fun read(path: String): ByteBuffer
}

/** One export of quantize_export.py: a folder with a contract, .tflite files and golden/. */
class Export(private val files: Files, val folder: String) {
    val contract: Contract = Contract.parse(text(Contract.NAME), path(Contract.NAME))

    /** The bytes of one model, which are those that the contract names. Throws PortraitException if they are not. */
    fun model(name: String): ByteBuffer {
        val facts = contract.files.firstOrNull { it.name == name }
            ?: throw PortraitException("${path(name)}: not named in ${Contract.NAME}; copy the whole export")
        val content = checked(Entry(name, facts.sha256))
        val mark = ByteArray(MARK.size)
        if (content.remaining() > 8) content.duplicate().apply { position(4) }.get(mark)
        if (!mark.contentEquals(MARK)) throw PortraitException("${path(name)}: not a .tflite file; export it again")
        return content
    }

    /** The golden photo, its previous mask and what Python's engine gave for them; null if the export has none. */
    fun golden(name: String): Golden? {
        val photo = contract.goldenPhoto ?: return null
        val facts = contract.files.first { it.name == name }
        val output = facts.golden ?: return null
        val count = contract.size * contract.size
        val pixels = golden(photo, 3 * count)
        val prior = contract.goldenPrior?.let { golden(it, count) }
        val expected = golden(output, count * (if (facts.quantized) 1 else 4))
        val picture = Picture(contract.size, contract.size)
        for (i in 0 until count) {
            picture.pixels[i] = OPAQUE or ((pixels[3 * i].toInt() and 0xff) shl 16) or
                ((pixels[3 * i + 1].toInt() and 0xff) shl 8) or (pixels[3 * i + 2].toInt() and 0xff)
        }
        return Golden(picture, prior, expected, output.sha256, facts.tolerances)
    }

    private fun golden(entry: Entry, count: Int): ByteArray {
        val content = bytes(checked(entry))
        if (content.size == count) return content
        val size = "${contract.size} x ${contract.size}"
        throw PortraitException("${path(entry.file)}: ${content.size} bytes do not fit $size pixels; export it again")
    }

    private fun checked(entry: Entry): ByteBuffer {
        val content = read(entry.file)
        val found = sha256(content)
        if (found != entry.sha256) {
            throw PortraitException(
                "${path(entry.file)}: damaged or from another export (SHA-256 ${found.take(8)}, the contract says " +
                    "${entry.sha256.take(8)}); copy the whole export again",
            )
        }
        return content
    }

    private fun text(name: String): String = String(bytes(read(name)), Charsets.UTF_8)

    private fun read(name: String): ByteBuffer = try {
        files.read(path(name))
    } catch (problem: IOException) {
        throw PortraitException("${path(name)}: cannot be read (${problem.message}); copy the whole export again", problem)
    }

    private fun path(name: String) = "$folder/$name"

    companion object {
        private val MARK = "TFL3".toByteArray()

        /** The folders below [root] that hold a contract. */
        fun folders(files: Files, root: String): List<String> =
            files.list(root).sorted().map { "$root/$it" }.filter { Contract.NAME in files.list(it) }
    }
}

/**
 * A photo at the network's size, its previous mask (null for a network that takes none), the raw output tensor that is
 * expected for them, and how far an engine may miss it.
 */
class Golden(
    val photo: Picture, val prior: ByteArray?, val expected: ByteArray, val sha256: String, val tolerances: Tolerances,
)

internal fun sha256(content: ByteBuffer): String {
    val digest = MessageDigest.getInstance("SHA-256")
    digest.update(content.duplicate())
    return digest.digest().joinToString("") { "%02x".format(it) }
}

private fun bytes(content: ByteBuffer): ByteArray = ByteArray(content.remaining()).also { content.duplicate().get(it) }

internal fun floats(bytes: ByteArray): FloatArray =
    FloatArray(bytes.size / 4).also { ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(it) }
