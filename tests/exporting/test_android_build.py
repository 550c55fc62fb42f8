"""The checks that android_demo/build.sh makes, on inputs that they have to refuse."""

import importlib.util

import pytest

from tests.conftest import ROOT


def tool(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "android_demo/build_tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


DECLARATION = """
declare module android {
	export module app {
		export class Activity extends android.view.Old {
			public static class: java.lang.Class<android.app.Activity>;
			public constructor();
			public findViewById(id: number): android.view.View;
			/** @since 33 */
			public newMethod(): void;
			/** @since 30 */
			public overloaded(a: number): void;
			public overloaded(): void;
		}
		export module Activity {
			/** @since 29 */
			export class Inner extends java.lang.Object {
				public field: number;
			}
		}
	}
}
"""


@pytest.mark.parametrize(
    ("member", "problem"),
    [
        ("public android.view.View findViewById(int);", None),
        ("public <init>();", None),
        ("public void overloaded();", None),
        ("public void newMethod();", "android.app.Activity.newMethod came with API 33, after 26"),
        ("public void hidden();", "android.app.Activity.hidden is not in the public API"),
    ],
)
def test_calls_are_public_and_old_enough(member, problem):
    check = tool("check_api")
    rules = f"-keep class android.app.Activity {{\n  {member}\n}}\n"
    found = list(check.problems(rules, check.declared(DECLARATION.splitlines()), 26))
    assert found == [] if problem is None else found[0].startswith(problem)


def test_a_nested_class_has_a_level_of_its_own_unless_it_is_guarded(monkeypatch):
    check = tool("check_api")
    rules = "-keep class android.app.Activity$Inner {\n}\n"
    api = check.declared(DECLARATION.splitlines())
    assert list(check.problems(rules, api, 26)) == ["android.app.Activity.Inner came with API 29, after 26; guard it"]
    monkeypatch.setattr(check, "GUARDED", {"android.app.Activity": "here"})
    assert list(check.problems(rules, api, 26)) == []


GOOD = {
    "classes": "Lorg/tfportrait/demo/MainActivity;\n",
    "badging": "sdkVersion:'26'\nuses-permission: name='android.permission.CAMERA'\n"
    "native-code: 'arm64-v8a' 'armeabi-v7a' 'x86_64'\n",
    "manifest": 'E: activity (line=20)\n  A: http://schemas.android.com/apk/res/android:name(0x1)=".MainActivity"\n',
    "entries": "1 Stored 1 0% 00 00 lib/x86_64/libtensorflowlite_jni.so\n1 Stored 1 0% 00 00 assets/a.tflite\n",
}


@pytest.mark.parametrize(
    ("name", "good", "bad", "problem"),
    [
        ("badging", "CAMERA'", "CAMERA'\nuses-permission: name='android.permission.INTERNET'", "INTERNET"),
        ("badging", "'26'", "'21'", "minSdk is not 26"),
        ("badging", "'x86_64'", "", "native code is not for"),
        ("classes", "MainActivity", "OtherActivity", ".MainActivity of the manifest is in no dex"),
        ("entries", "Stored 1 0% 00 00 assets", "Defl:N 1 0% 00 00 assets", "assets/a.tflite"),
    ],
)
def test_an_apk_that_would_not_run_is_refused(tmp_path, name, good, bad, problem):
    check = tool("check_apk")
    for key, text in GOOD.items():
        (tmp_path / f"{key}.txt").write_text(text)
    assert list(check.problems(tmp_path)) == []
    assert good in GOOD[name]
    (tmp_path / f"{name}.txt").write_text(GOOD[name].replace(good, bad))
    found = list(check.problems(tmp_path))
    assert len(found) == 1 and problem in found[0]
