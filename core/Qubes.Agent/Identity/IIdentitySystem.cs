namespace Qubes.Agent.Identity;

/// <summary>
/// What a guest is told apart by, in the hands of its kernel. Members say whether the thing was done; none throws. Tests put
/// something else in its place: a test's own machine keeps its clock and its name.
/// </summary>
internal interface IIdentitySystem
{
    /// <summary>The clock, nanoseconds since 1970 UTC.</summary>
    long Clock { get; }

    /// <summary>The host name.</summary>
    string HostName { get; }

    /// <summary>Opens the device of the kernel's random generator, and makes sure that it is that.</summary>
    bool OpenGenerator();

    /// <summary>Mixes bytes into the kernel's generator, and credits each with eight bits.</summary>
    bool AddEntropy(ReadOnlySpan<byte> seed);

    /// <summary>Has the kernel's generator take a new key from its pool at once.</summary>
    bool Reseed();

    /// <summary>Draws from the kernel's generator.</summary>
    bool Draw(Span<byte> target);

    /// <summary>Sets the clock, nanoseconds since 1970 UTC.</summary>
    bool SetClock(long nanoseconds);

    /// <summary>Sets the host name.</summary>
    bool SetHostName(string name);

    /// <summary>Makes ready for <see cref="ReplaceMachineId"/>.</summary>
    bool CoverMachineId();

    /// <summary>Replaces the machine id, for whoever reads it from now on.</summary>
    bool ReplaceMachineId(Guid id);

    /// <summary>Makes ready for <see cref="ReplaceBootId"/>.</summary>
    bool CoverBootId();

    /// <summary>Replaces the boot id, for whoever reads it from now on.</summary>
    bool ReplaceBootId(Guid id);

    /// <summary>Makes ready for <see cref="Rehearse"/>. Nothing depends on it.</summary>
    void PrepareRehearsal();

    /// <summary>Has the machine do beside the rest what a first service will do, where that saves time. Returns at once.</summary>
    void Rehearse();

    /// <summary>Takes back what <see cref="PrepareRehearsal"/> made ready.</summary>
    void SkipRehearsal();

    /// <summary>Writes everything to the disks.</summary>
    void Sync();
}
