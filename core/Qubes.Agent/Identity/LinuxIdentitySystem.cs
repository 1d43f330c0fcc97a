using System.Text;
using Qubes.Agent.Native;

namespace Qubes.Agent.Identity;

/// <summary>The kernel that runs this guest. Needs root for everything but drawing.</summary>
/// <param name="generators">Where the device of the random generator may be.</param>
/// <param name="directory">A directory in memory for files that lie over others.</param>
internal sealed class LinuxIdentitySystem(IReadOnlyList<string> generators, string directory) : IIdentitySystem
{
    private const string MachineIdFile = "/etc/machine-id";
    private const string OtherMachineIdFile = "/var/lib/dbus/machine-id";
    private const string BootIdFile = "/proc/sys/kernel/random/boot_id";
    private const uint MemoryDevices = 1;
    private const uint RandomDevice = 8;
    private const uint UrandomDevice = 9;
    private readonly Rehearsal rehearsal = new();
    private int generator = -1;
    private CoveredFile? machineId;
    private CoveredFile? bootId;

    /// <summary>The usual paths. Both devices take the same requests; whichever is there will do.</summary>
    public LinuxIdentitySystem()
        : this(["/dev/random", "/dev/urandom"], "/run/qubes-identity")
    {
    }

    /// <inheritdoc/>
    public long Clock => Libc.Clock;

    /// <inheritdoc/>
    public string HostName => Libc.HostName;

    /// <inheritdoc/>
    public bool OpenGenerator()
    {
        foreach (var path in generators)
        {
            if (generator >= 0)
                return true;
            // A pipe in its place would keep the agent waiting.
            var fd = Descriptors.TryOpen(path, Descriptors.ReadOnly | Descriptors.NonBlocking);
            // The path alone says nothing: in an image anything may lie there, and would take the seed in silence.
            if (fd >= 0 && Libc.CharacterDevice(fd) is (MemoryDevices, RandomDevice or UrandomDevice))
                generator = fd;
            else if (fd >= 0)
                Descriptors.Close(fd);
        }

        return generator >= 0;
    }

    /// <inheritdoc/>
    public bool AddEntropy(ReadOnlySpan<byte> seed) => Libc.TryAddEntropy(generator, seed);

    /// <inheritdoc/>
    public bool Reseed() => Libc.TryReseed(generator);

    /// <inheritdoc/>
    public bool Draw(Span<byte> target) => Libc.TryDrawRandom(target);

    /// <inheritdoc/>
    public bool SetClock(long nanoseconds) => Libc.TrySetClock(nanoseconds);

    /// <inheritdoc/>
    public bool SetHostName(string name) => Try("the host name", () => Libc.SetHostName(Encoding.ASCII.GetBytes(name)));

    /// <inheritdoc/>
    public bool CoverMachineId() => machineId is not null || Try("the machine id", () =>
    {
        if (!File.Exists(MachineIdFile))
            File.Create(MachineIdFile).Dispose();
        // The second is a link to the first in most images, and then shows what it shows.
        string[] covered = new FileInfo(OtherMachineIdFile) is { Exists: true, LinkTarget: null }
            ? [MachineIdFile, OtherMachineIdFile]
            : [MachineIdFile];
        machineId = CoveredFile.Cover(Path.Combine(directory, "machine-id"), MachineIdText(NewId()), covered);
    });

    /// <inheritdoc/>
    public bool ReplaceMachineId(Guid id) => machineId!.Replace(MachineIdText(id));

    /// <inheritdoc/>
    public bool CoverBootId() => bootId is not null || Try("the boot id", () =>
        bootId = CoveredFile.Cover(Path.Combine(directory, "boot_id"), BootIdText(NewId()), [BootIdFile]));

    /// <inheritdoc/>
    public bool ReplaceBootId(Guid id) => bootId!.Replace(BootIdText(id));

    /// <inheritdoc/>
    public void PrepareRehearsal() => rehearsal.Prepare();

    /// <inheritdoc/>
    public void Rehearse() => rehearsal.Begin();

    /// <inheritdoc/>
    public void SkipRehearsal() => rehearsal.Skip();

    /// <inheritdoc/>
    public void Sync() => Libc.Sync();

    // The runtime's own generator looks for /dev/urandom once, which the first process does before there is a /dev, and fails for ever.
    private static Guid NewId()
    {
        Span<byte> id = stackalloc byte[16];
        return Libc.TryDrawRandom(id) ? new Guid(id) : throw SystemCallException.Last("getrandom");
    }

    private static byte[] MachineIdText(Guid id) => Encoding.ASCII.GetBytes($"{id:N}\n");

    private static byte[] BootIdText(Guid id) => Encoding.ASCII.GetBytes($"{id:D}\n");

    private static bool Try(string what, Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            AgentLog.Write($"{what}: {e.Message}");
            return false;
        }
    }
}
