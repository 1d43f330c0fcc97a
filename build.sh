#!/usr/bin/env bash
# Builds, tests and shows Qubes.Extensible on a fresh Debian 12 machine with the .NET 10 SDK. See './build.sh help'.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly OUT=$PWD/out
readonly CONFIGURATION=Release
readonly BUILD_PACKAGES=(gcc libc6-dev zlib1g-dev libsqlite3-0)
readonly RUN_PACKAGES=(qemu-system-x86 qemu-utils mmdebstrap e2fsprogs uidmap zstd xz-utils poppler-utils libsqlite3-0)
readonly TEST_PACKAGES=(bc btrfs-progs busybox-static cpio graphicsmagick librsvg2-bin mandoc mupdf-tools qpdf sqlite3 xfsprogs)
readonly BENCH_PACKAGES=(cpio gnuplot-nox)

export DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

say() { printf '== %s\n' "$*" >&2; }
die() { printf 'build.sh: %s\n' "$*" >&2; exit 1; }

usage() {
    cat <<'TEXT'
usage: ./build.sh COMMAND

  demo [FILE...]   build everything and convert FILEs (default: the samples) in disposable VMs, with a table of stage times
  test [FILTER]    unit tests and integration tests with real VMs; last line: N passed, N failed
  lint             formatting, analyzers, structure
  build            programs in out/bin, plugins and guest files where out/bin/qubesd finds them
  bench [WHAT...]  benchmarks (requests, transfers, calls, preloads, disposables, clones, memory, admin, policy, events, scripts, start; default: all); writes docs/benchmarks.md
  pack             the SDK, its test kit and the templates of 'dotnet new' as packages in out/packages
  install DESTDIR  lay out what was built as a distribution would
  clean            delete out/

Missing Debian packages are installed first (as root); nothing is installed when nothing is missing.
TEXT
}

require_packages() {
    local missing=()
    for package in "$@"; do
        dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    [[ $EUID == 0 ]] || die "these Debian packages are missing: ${missing[*]}; install them or run as root"
    say "installing ${missing[*]}"
    apt-get -qq update
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
}

require_sdk() {
    command -v dotnet >/dev/null || die "the .NET 10 SDK is needed: no 'dotnet' on PATH"
}

sources_changed() {
    [[ ! -e $OUT/.built ]] || [[ -n $(find core plugins scripts sdk tests ./*.props ./*.sln .editorconfig BannedSymbols.txt build.sh \
        -newer "$OUT/.built" -print -quit) ]]
}

# What is compiled ahead of time: project, folder and name of the program.
readonly NATIVE_PROGRAMS=(
    core/Qubes.Tools "$OUT/bin" qubes-tools
    core/Qubes.Agent "$OUT/lib/qubes/guest" qubes-agent
    core/Qubes.GuestTools "$OUT/lib/qubes/guest" qubes-guest-tools
    plugins/FileConversion/Guest "$OUT/lib/qubes/guest" qubes-convert
    core/Qubes.Client "$OUT/lib/qubes/guest" qrexec-client-vm
    plugins/Qemu/Launcher "$OUT/lib/qubes/libexec" qubes-machine-launcher
)

publish() { # PROJECT FOLDER PROGRAM: of what is built
    local output=$OUT/publish/${1//\//-}
    dotnet publish "$1" --no-build -c "$CONFIGURATION" -v quiet -m:1 -nodeReuse:false -o "$output" --nologo
    install -D -t "$2" "$output/$3"
}

build() {
    require_sdk
    require_packages "${BUILD_PACKAGES[@]}"
    sources_changed || return 0
    say "building"
    # The compiler server makes thirty small projects four times as fast; it must not stay behind.
    trap 'dotnet build-server shutdown --vbcscompiler >/dev/null 2>&1' RETURN
    dotnet build Qubes.Extensible.sln -c $CONFIGURATION -v quiet --nologo -nodeReuse:false -p:UseSharedCompilation=true
    say "compiling the guest's and the users' programs ahead of time"
    export -f publish
    export OUT CONFIGURATION
    # The linker works on one processor.
    printf '%s\0' "${NATIVE_PROGRAMS[@]}" | xargs -0 -n 3 -P 2 bash -euc 'publish "$@"' -
    for tool in $("$OUT/bin/qubes-tools" --list-links); do
        ln -sfn qubes-tools "$OUT/bin/$tool"
    done
    lay_out_files
    touch "$OUT/.built"
}

# What is neither compiled nor part of a plugin.
lay_out_files() {
    rm -rf "$OUT/lib/qubes/guest/rpc" "$OUT/lib/qubes/guest/rpc-config" "$OUT/lib/qubes/rpc" "$OUT/share/qubes"
    mkdir -p "$OUT/lib/qubes/guest" "$OUT/share/qubes"
    cp -r core/Qubes.Agent/rpc "$OUT/lib/qubes/guest/rpc"
    cp -r core/Qubes.Agent/rpc-config "$OUT/lib/qubes/guest/rpc-config"
    cp -r plugins/AdminApi/rpc "$OUT/lib/qubes/rpc"
    cp -r plugins/Templates/recipes "$OUT/share/qubes/recipes"
    # Not writable by others, whatever the umask: the daemon refuses those that are.
    install -d -m 755 "$OUT/share/qubes/scripts"
    install -m 644 -t "$OUT/share/qubes/scripts" scripts/*.csx
    cp -r plugins/Qrexec/policy.d "$OUT/share/qubes/policy.d"
    # The same program calls from the host.
    ln -sfn ../lib/qubes/guest/qrexec-client-vm "$OUT/bin/qrexec-client-vm"
    # What a unit runs is not for users' paths.
    ln -sfn ../../bin/qubes-tools "$OUT/lib/qubes/preload-dispvm"
}

# What others build plugins with, as they get it.
pack() {
    local project
    build
    [[ ! $OUT/packages/.packed -nt $OUT/.built ]] || return 0
    say "packing the SDK"
    rm -rf "$OUT/packages"
    for project in sdk/Qubes.Sdk sdk/Qubes.Sdk.Testing; do
        dotnet pack "$project" -c $CONFIGURATION --no-build -v quiet --nologo -nodeReuse:false -o "$OUT/packages"
    done
    dotnet pack sdk/templates -c $CONFIGURATION -v quiet --nologo -nodeReuse:false -o "$OUT/packages"
    touch "$OUT/packages/.packed"
}

# Runs a command with a private daemon below DIR; the daemon and its machines end with it.
with_daemon() { # DIR COMMAND...
    local root=$1 log
    shift
    mkdir -p "$root"
    log=$root/qubesd.log
    coproc DAEMON { QUBES_ROOT=$root exec "$OUT/bin/qubesd" 2>"$log"; }
    local pid=$DAEMON_PID line=
    # shellcheck disable=SC2064 # the values of now are meant
    trap "stop_daemon '$root' $pid" EXIT
    read -r -t 60 -u "${DAEMON[0]}" line || true
    [[ $line == "qubesd: ready" ]] || die "the daemon did not start: $(tail -n 1 "$log")"
    QUBES_ROOT=$root "$@"
}

stop_daemon() { # DIR PID
    QUBES_ROOT=$1 "$OUT/bin/qvm-shutdown" --all --force --wait --timeout 20 2>/dev/null || true
    kill "$2" 2>/dev/null || true
    wait "$2" 2>/dev/null || true
}

demo() {
    build
    require_packages "${RUN_PACKAGES[@]}"
    local root=$OUT/demo
    export QUBES_TEMPLATE_CACHE=$OUT/cache/templates
    with_daemon "$root" convert_samples "$@"
}

convert_samples() {
    # Both are quick when what they make is there and up to date. By itself a memory template is made after the first disposable.
    "$OUT/bin/qvm-template-build" debian-12-convert
    say "freezing the machine that disposables are copies of"
    "$OUT/bin/qvm-memory-template" build debian-12-convert-dvm --wait
    local results=$OUT/demo-results files=("$@") status=0
    mkdir -p "$results"
    if ((${#files[@]})); then
        "$OUT/bin/qvm-convert" --timings -o "$results" "${files[@]}" || status=$?
    else
        files=(plugins/FileConversion/samples/{report.pdf,picture.png,broken.pdf})
        "$OUT/bin/qvm-convert" --timings -o "$results" "${files[@]}" || status=$?
        # One of the samples is broken, and its refusal is part of the show.
        ((status == 1)) && [[ -s $results/report.trusted.pdf && -s $results/picture.trusted.pdf ]] && status=0
        convert_preloaded "$results" || status=1
    fi
    say "results are in $results"
    return "$status"
}

# The same with a disposable that was started before anyone asked.
convert_preloaded() { # DIR
    say "once more, with a disposable that is preloaded"
    "$OUT/bin/qvm-features" debian-12-convert-dvm preload-dispvm-max 1
    for ((i = 0; i < 300; i++)); do
        [[ $("$OUT/bin/qvm-preload" status debian-12-convert-dvm) != *" ready "* ]] || break
        sleep 0.1
    done
    "$OUT/bin/qvm-convert" --timings -o "$1" plugins/FileConversion/samples/report.pdf
    "$OUT/bin/qvm-features" --unset debian-12-convert-dvm preload-dispvm-max
}

run_tests() { # FILTER
    build
    require_packages "${RUN_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
    export QUBES_TEMPLATE_CACHE=$OUT/cache/templates
    # Test runners and killed processes litter; what they leave goes with this directory. Short, so that socket paths fit.
    TMPDIR=$(mktemp -d /tmp/qtXXXX)
    # Some programs of the tests run as another user.
    chmod 711 "$TMPDIR"
    export TMPDIR DOTNET_EnableDiagnostics=0
    # shellcheck disable=SC2064 # the value of now is meant
    trap "rm -rf '$TMPDIR'" EXIT
    local results=$OUT/test-results status=0
    rm -rf "$results"
    local project units=()
    for project in tests/*/*.Tests.csproj; do
        [[ $project == *"${1:-}"* ]] || continue
        if [[ $project == tests/Integration/* ]]; then
            # Its strangers build plugins against the packages.
            pack
            # Real machines want the processors to themselves.
            run_test_project "$project" "$results" || status=1
        else
            units+=("$project")
        fi
    done
    export -f run_test_project say
    export CONFIGURATION
    ((${#units[@]} == 0)) || printf '%s\0' "${units[@]}" | xargs -0 -P 3 -I{} bash -c 'run_test_project "$@"' - {} "$results" || status=1
    summarise "$results" "$status"
}

run_test_project() { # PROJECT RESULTS
    local name
    name=$(basename "$1" .csproj)
    say "$name"
    # A test that hangs is named, and fails, instead of taking the whole run's time.
    timeout --kill-after=30 1500 dotnet test "$1" -c "$CONFIGURATION" --no-build --nologo -v quiet \
        --blame-hang-timeout 4m --blame-hang-dump-type none \
        --logger "trx;LogFileName=$name.trx" --results-directory "$2" 2>&1 | sed -u "s/^/$name: /" >&2
    # What was not run must not look as if it had passed.
    [[ ${PIPESTATUS[0]} == 0 && -s $2/$name.trx ]]
}

summarise() { # DIR STATUS: adds up what the runners counted
    local passed failed
    passed=$(cat "$1"/*.trx 2>/dev/null | grep -o '<Counters [^>]*' | grep -o ' passed="[0-9]*"' | tr -dc '0-9\n' | paste -sd+ | bc)
    failed=$(cat "$1"/*.trx 2>/dev/null | grep -o '<Counters [^>]*' | grep -oE ' (failed|error|timeout|aborted)="[0-9]*"' | tr -dc '0-9\n' | paste -sd+ | bc)
    # A run that broke before it could count is a failure, too.
    ((${2} == 0 || ${failed:-0} > 0)) || failed=1
    printf '%s passed, %s failed\n' "${passed:-0}" "${failed:-0}"
    ((${failed:-0} == 0))
}

lint() {
    require_sdk
    require_packages shellcheck "${BUILD_PACKAGES[@]}"
    shellcheck build.sh .ci/run plugins/AdminApi/rpc/admin.vm.volume.Import sdk/samples/TextConvert/src/Guests/acme-text-convert
    dotnet format whitespace Qubes.Extensible.sln --verify-no-changes --no-restore --verbosity quiet 2>&1 || die "formatting: run 'dotnet format whitespace'"
    # What others start from is not in the solution.
    for folder in sdk/templates sdk/samples; do
        dotnet format whitespace "$folder" --folder --verify-no-changes --verbosity quiet 2>&1 || die "formatting: run 'dotnet format whitespace $folder --folder'"
    done
    say "lint: fine"
}

clean() { rm -rf "$OUT"; }

install_to() { # DESTDIR
    [[ -n ${1:-} ]] || die "install needs a directory: ./build.sh install DESTDIR"
    build
    mkdir -p "$1/usr/bin"
    cp -a "$OUT/lib" "$OUT/share" "$1/usr/"
    cp -a "$OUT/bin/." "$1/usr/bin/"
    install -D -m 644 -t "$1/usr/lib/systemd/system" packaging/systemd/*.service
    install -D -m 644 -t "$1/usr/lib/sysusers.d" packaging/sysusers.d/*.conf
    # The administrator's from then on: a package marks them as configuration.
    install -D -m 644 -t "$1/etc/qubes/policy.d" plugins/Qrexec/policy.d/*.policy
    mkdir -p "$1/etc/qubes/policy.d/include"
    install -d -m 755 "$1/etc/qubes/scripts"
    # Clients look for services of the host here.
    mkdir -p "$1/etc/qubes-rpc"
    for service in "$OUT"/lib/qubes/rpc/*; do
        ln -sfn "../../usr/lib/qubes/rpc/${service##*/}" "$1/etc/qubes-rpc/${service##*/}"
    done
    install_documentation "$1/usr/share"
}

# Manual pages and completions, as the tools themselves declare their command lines.
install_documentation() { # SHARE
    local tools=$OUT/bin/qubes-tools man=$1/man/man1 bash=$1/bash-completion/completions zsh=$1/zsh/site-functions
    mkdir -p "$man" "$bash" "$zsh"
    "$tools" --completion zsh >"$zsh/_qubes_tools"
    "$tools" --completion bash >"$bash/qubes-tools"
    for tool in $("$tools" --list-links); do
        "$tools" --man "$tool" >"$man/$tool.1"
        ln -sfn qubes-tools "$bash/$tool"
    done
}

case ${1:-help} in
    demo | lint | build | pack | clean) command=$1; shift; "$command" "$@" ;;
    test) shift; run_tests "$@" ;;
    bench) shift; build; require_packages "${RUN_PACKAGES[@]}" "${BENCH_PACKAGES[@]}"; dotnet run --project tests/Benchmarks -c $CONFIGURATION -- "$@" ;;
    install) shift; install_to "$@" ;;
    help | -h | --help) usage ;;
    *) usage >&2; die "unknown command '$1'" ;;
esac
