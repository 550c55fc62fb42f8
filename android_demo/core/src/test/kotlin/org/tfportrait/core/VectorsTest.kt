package org.tfportrait.core

import org.junit.Assert.assertEquals
import org.junit.Test
import java.nio.ByteBuffer

/** Every case of vectors/ that needs no network, computed by this core. */
class VectorsTest {
    @Test
    fun everyCaseOfTheVectorsHolds() {
        val ran = Vectors.cases.filter { it.operation != "segment" }
        ran.forEach { case -> case.check(compute(case)) }
        assertEquals(OPERATIONS, Vectors.cases.map { it.operation }.toSet())
    }

    private fun compute(case: Case): DoubleArray = when (case.operation) {
        "fit_box" -> box(case).let { doubleArrayOf(it.top.toDouble(), it.bottom.toDouble(), it.left.toDouble(), it.right.toDouble()) }
        "fit_matrix" -> fit(case).matrix(case.int("height"), case.int("width"), case.int("size")).flatten().toDoubleArray()
        "fit_photo" -> fitted(case)
        "unfit" -> unfit(case)
        "resize" -> resize(case)
        "smooth" -> smooth(case)
        "over" -> composed(case) { photo, alpha, into ->
            val scene = case.input("scene").floats()
            fun channel(c: Int) = FloatArray(alpha.size) { scene[3 * it + c] }
            RowMixer(alpha.size).over(photo.pixels, alpha, 0, channel(0), channel(1), channel(2), into.pixels)
        }
        "over_color" -> composed(case) { photo, alpha, into ->
            val (r, g, b) = case.list("color")
            Compositor(photo.width, photo.height).color(photo, alpha, r shl 16 or (g shl 8) or b, into)
        }
        "cutout" -> cutout(case)
        "replace" -> composed(case) { photo, alpha, into ->
            val scene = cover(case.input("background").picture(), photo.width, photo.height)
            Compositor(photo.width, photo.height).replace(photo, alpha, scene, into)
        }
        "blur" -> composed(case) { photo, alpha, into ->
            Compositor(photo.width, photo.height).blur(photo, alpha, case.float("radius"), into)
        }
        "yuv_to_rgb" -> camera(case)
        else -> throw AssertionError("${case.name}: no code for ${case.operation}")
    }

    private fun fit(case: Case) = Fit.of(case.text("fit"))

    private fun box(case: Case) = fit(case).box(case.int("height"), case.int("width"), case.int("size"))

    /** What the network is given, seen by an engine that keeps its input. */
    private fun fitted(case: Case): DoubleArray {
        val engine = RememberingEngine(case.int("size"))
        Segmenter(engine, fit(case)).segment(case.input("photo").picture())
        return engine.seen
    }

    private fun unfit(case: Case): DoubleArray {
        val mask = case.input("mask")
        val segmenter = Segmenter(RememberingEngine(mask.shape[0], mask.floats()), fit(case))
        segmenter.segment(Picture(case.int("width"), case.int("height")))
        return doubles(segmenter.alpha())
    }

    private fun resize(case: Case): DoubleArray {
        val image = case.input("image")
        val (width, height) = case.int("width") to case.int("height")
        if (image.isPicture()) return rgb(image.picture().resized(width, height))
        val into = FloatArray(width * height)
        Resizer(image.shape[1], image.shape[0], width, height).resize(image.floats(), into)
        return doubles(into)
    }

    private fun smooth(case: Case): DoubleArray {
        val masks = case.input("masks")
        val each = masks.shape[1] * masks.shape[2]
        val colors = case.input("photos").bytes()
        val smoother = Smoother(case.float("ratio"), case.float("hold"))
        return doubles((0 until masks.shape[0]).flatMap { index ->
            val mask = masks.floats().copyOfRange(index * each, (index + 1) * each)
            val photo = IntArray(each) { pixel ->
                val at = 3 * (index * each + pixel)
                (0..2).fold(0) { color, channel -> color shl 8 or (colors[at + channel].toInt() and 0xff) }
            }
            smoother.smooth(mask, photo)
            mask.toList()
        }.toFloatArray())
    }

    private fun composed(case: Case, compose: (Picture, FloatArray, Picture) -> Unit): DoubleArray {
        val photo = case.input("rgb").picture()
        val into = Picture(photo.width, photo.height)
        compose(photo, case.input("alpha").floats(), into)
        compose(photo, case.input("alpha").floats(), photo) // into the photo itself, as the app does
        assertEquals(into.pixels.toList(), photo.pixels.toList())
        return rgb(into)
    }

    private fun cutout(case: Case): DoubleArray {
        val photo = case.input("rgb").picture()
        Compositor(photo.width, photo.height).cutout(photo, case.input("alpha").floats(), photo)
        return photo.pixels.flatMap { listOf(red(it), green(it), blue(it), it ushr 24) }.map { it.toDouble() }.toDoubleArray()
    }

    private fun camera(case: Case): DoubleArray {
        val (width, height) = case.int("width") to case.int("height")
        fun plane(name: String, row: Int, pixel: Int): Plane {
            val bytes = case.input(name).bytes()
            return Plane(ByteBuffer.allocateDirect(bytes.size).put(bytes), row, pixel)
        }
        val turned = case.int("turn") % 180 != 0
        val into = if (turned) Picture(height, width) else Picture(width, height)
        YuvConverter(width, height).convert(
            plane("y", case.int("y_row"), 1),
            plane("u", case.int("chroma_row"), case.int("chroma_pixel")),
            plane("v", case.int("chroma_row"), case.int("chroma_pixel")),
            case.flag("full_range"), case.int("turn"), case.flag("mirror"), into,
        )
        return rgb(into)
    }

    private companion object {
        val OPERATIONS = setOf(
            "fit_box", "fit_matrix", "fit_photo", "unfit", "resize", "smooth", "over", "over_color", "cutout",
            "replace", "blur", "yuv_to_rgb", "segment",
        )
    }
}
