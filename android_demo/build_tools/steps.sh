# The steps of build.sh, which sets the variables and calls them in order.

need() {
  local missing=()
  for tool in java javac mvn npm gcc aapt2 zipalign apksigner dexdump zip unzip keytool; do
    command -v $tool >/dev/null || missing+=($tool)
  done
  [ -f /usr/share/android-framework-res/framework-res.apk ] || missing+=(android-framework-res)
  [ ${#missing[@]} = 0 ] || {
    echo "missing: ${missing[*]}"
    echo "apt-get install openjdk-17-jdk-headless maven npm gcc aapt android-framework-res apksigner zipalign dexdump zip unzip"
    exit 2
  }
}

# Libraries and tools, by the versions in pom.xml and build.sh; again only when those change.
fetch() {
  step "fetch"
  tools=$cache/$( (cat build_tools/pom.xml; echo $types) | sha256sum | cut -c1-12)
  if [ ! -f $tools/done ]; then
    mvn -q -B -f build_tools/pom.xml generate-resources -Dout=$tools
    for archive in $tools/*.aar; do unzip -qo $archive -d ${archive%.aar}; done
    for archive in $tools/test/*.aar; do unzip -p $archive classes.jar >${archive%.aar}-aar.jar; done
    (cd $tools && npm pack --silent @nativescript/types-android@$types >/dev/null && tar xzf nativescript-types-android-*.tgz)
    touch $tools/done
  fi
  lite=$(ls $tools/tensorflow-lite*/classes.jar | paste -sd:)
  stdlib=$(ls $tools/kotlinc/kotlin-stdlib-*.jar)
  annotations=$(ls $tools/kotlinc/annotations-*.jar)
  android=$(ls $tools/android/android-all-14-*.jar) # android.*, hidden API included; java.* comes from the JDK
  test_jars=$(ls $tools/test/*.jar | paste -sd:)
  jdk=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")
}

# Exports in the assets; without any, the shipped weights are exported, calibrated on drawn portraits, and what is shipped
# for videos is copied.
models() {
  step "models"
  assets=app/src/main/assets
  if ! ls $assets/models/*/model_contract.json >/dev/null 2>&1; then
    $python ../pipelines/quantize_export.py portraitnet --formats float32 float16 int8 --out $out/portraitnet --android . ||
      [ -f $assets/models/portraitnet/model_contract.json ] # a missed gate is the exporter's to tell
    $python build_tools/videos.py .
  fi
  ls -d $assets/models/*/
}

resources() {
  step "resources"
  rm -rf $out/apk $out/generated $out/r && mkdir -p $out/apk $out/generated $out/r
  aapt2 compile --dir app/src/main/res -o $out/resources.zip
  # Gradle takes the package from build.gradle.kts and stores natives uncompressed by itself.
  sed -e 's/<manifest /<manifest package="org.tfportrait.demo" /' -e 's/<application/& android:extractNativeLibs="false"/' \
    app/src/main/AndroidManifest.xml >$out/AndroidManifest.xml
  # Debian's aapt2 is of API 29: it does not know <uses-native-library>, but writes it.
  aapt2 link --warn-manifest-validation -o $out/base.apk -I /usr/share/android-framework-res/framework-res.apk \
    --manifest $out/AndroidManifest.xml --java $out/generated --min-sdk-version $min \
    --target-sdk-version $target --version-code 1 --version-name 1.0 $out/resources.zip
  javac -nowarn -Xlint:-options --release 8 -d $out/r $(find $out/generated -name '*.java')
}

kotlinc() {
  $quick -Xmx1g -cp "$tools/kotlinc/*" org.jetbrains.kotlin.cli.jvm.K2JVMCompiler -jvm-target 1.8 -no-reflect \
    -no-stdlib -Xlambdas=class -Xsam-conversions=class -Xstring-concat=inline "$@"
}

# core first and alone: it must not know Android. Java methods newer than 8 must not slip in either.
compile() {
  step "compile"
  rm -rf $out/core $out/app $out/test
  kotlinc -module-name core -Xjdk-release=1.8 -Werror -cp $stdlib:$tools/json.jar -d $out/core core/src/main/kotlin
  kotlinc -module-name app -Xjdk-release=1.8 -Werror -cp $android:$stdlib:$lite:$out/r:$out/core -d $out/app app/src/main/kotlin
  kotlinc -Xfriend-paths=$out/core,$out/app -cp $android:$stdlib:$lite:$out/r:$out/core:$out/app:$test_jars:$tools/json.jar \
    -d $out/test core/src/test/kotlin app/src/jvmTest/kotlin
}

d8() {
  $quick -Xmx2g -cp $tools/r8.jar com.android.tools.r8.D8 --release --min-api $min --lib $android --lib $jdk "$@"
}

dex() {
  step "dex"
  if [ ! -f $tools/libraries/classes.dex ]; then # once: they are most of the work
    mkdir -p $tools/libraries && d8 --output $tools/libraries ${lite//:/ } $stdlib
  fi
  rm -f $out/app.jar && jar cf $out/app.jar -C $out/core . -C $out/app . -C $out/r .
  d8 --classpath $stdlib $(printf -- '--classpath %s ' ${lite//:/ }) --output $out/apk $out/app.jar
  cp $tools/libraries/classes.dex $out/apk/classes2.dex
}

package_apk() {
  step "package"
  for abi in arm64-v8a armeabi-v7a x86_64; do
    mkdir -p $out/apk/lib/$abi && cp $tools/tensorflow-lite*/jni/$abi/*.so $out/apk/lib/$abi/
  done
  mkdir -p $out/apk/assets && cp -r $assets/models $out/apk/assets/
  cp $out/base.apk $out/unaligned.apk
  (cd $out/apk && zip -q -X -D -r ../unaligned.apk classes*.dex assets lib -n .so:.tflite) # these are mapped: stored
  zipalign -f -p 4 $out/unaligned.apk $out/aligned.apk
  [ -f $cache/debug.keystore ] || keytool -genkeypair -keystore $cache/debug.keystore -storepass android \
    -alias debug -keyalg RSA -validity 10000 -dname CN=Debug >/dev/null 2>&1
  apksigner sign --ks $cache/debug.keystore --ks-pass pass:android --min-sdk-version $min --out $out/portrait.apk $out/aligned.apk
}

# What an installer would stumble over.
verify() {
  step "verify"
  apksigner verify --min-sdk-version $min $out/portrait.apk
  zipalign -c -p 4 $out/portrait.apk
  for dex in $out/apk/classes*.dex; do dexdump $dex; done | sed -n "s/^ *Class descriptor *: '\(.*\)'/\1/p" >$out/classes.txt
  aapt2 dump badging $out/portrait.apk >$out/badging.txt
  aapt2 dump xmltree --file AndroidManifest.xml $out/portrait.apk >$out/manifest.txt
  unzip -v $out/portrait.apk >$out/entries.txt
  $python build_tools/check_apk.py $out
  for library in $out/apk/lib/*/*.so; do
    echo "pages of $(readelf -lW $library | awk '/LOAD/{print $NF}' | sort -u): ${library#$out/apk/lib/}"
  done
}

trace_references() {
  $quick -Xmx1g -cp $tools/r8.jar com.android.tools.r8.tracereferences.TraceReferences "$@"
}

# Everything that the app and TFLite refer to exists in API 34 or in the APK; what the app itself refers to is public
# and of its minSdk.
references() {
  step "references"
  mkdir -p $out/stub && echo 'package androidx.annotation; public @interface Nullable {}' >$out/stub/Nullable.java
  javac -d $out/stub $out/stub/Nullable.java && jar cf $out/stub.jar -C $out/stub androidx # named by -gpu, never loaded
  trace_references --check --lib $android --lib $jdk --target $stdlib --target $annotations --target $out/stub.jar \
    $(printf -- '--source %s ' $out/app.jar ${lite//:/ })
  trace_references --keep-rules --lib $stdlib --lib $annotations $(printf -- '--lib %s ' ${lite//:/ }) --lib $jdk \
    --target $android --source $out/app.jar --output $out/android_used.txt
  $python build_tools/check_api.py $out/android_used.txt $tools/package/lib/android/android-platform-37.d.ts $min
}

# The APK's own x86_64 library, made loadable by glibc.
native_jvm() {
  step "native library for this JVM"
  jni=$out/jni && mkdir -p $jni
  $python build_tools/patch_elf.py $out/apk/lib/x86_64/libtensorflowlite_jni.so $jni/libtensorflowlite_jni.so
  gcc -O1 -Wall -Werror -shared -fPIC -Wl,-soname,libc.so -o $jni/libc.so build_tools/bionic_shim.c -lm
  for name in m dl log; do
    gcc -shared -fPIC -x c /dev/null -Wl,--no-as-needed -Wl,-soname,lib$name.so -o $jni/lib$name.so -lm
  done
}

run_tests() {
  step "tests"
  TF_CPP_MIN_LOG_LEVEL=3 $python build_tools/reference.py $assets/models $out/reference 2>$out/reference.log ||
    { cat $out/reference.log; exit 1; }
  mkdir -p $out/config/com/android/tools $out/pictures
  printf 'android_resource_apk=%s\nandroid_merged_manifest=%s\nandroid_custom_package=org.tfportrait.demo\n' \
    $out/portrait.apk $out/AndroidManifest.xml >$out/config/com/android/tools/test_config.properties
  run_junit $(cd $out/test && find . -name '*Test.class' | grep -v /MainActivityTest | sed 's#^\./##; s#/#.#g; s#\.class$##' | sort)
  run_junit org.tfportrait.demo.MainActivityTest # a JVM of its own: two class loaders cannot share a library
}

run_junit() {
  LD_LIBRARY_PATH=$jni java -Xmx2g $(printf -- '--add-opens java.base/%s=ALL-UNNAMED ' java.io java.lang java.nio) \
    -Djava.library.path=$jni -Drobolectric.offline=true -Drobolectric.dependency.dir=$tools/android \
    -Dreference=$out/reference -Dpictures=$out/pictures \
    -cp $out/config:$out/test:$out/core:$out/app:$out/r:$stdlib:$lite:$test_jars:$android:$tools/json.jar \
    org.junit.runner.JUnitCore "$@" 2>$out/tests.log || { tail -50 $out/tests.log; exit 1; }
}
