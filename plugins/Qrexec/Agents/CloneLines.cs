using System.Net.Sockets;
using System.Security.Cryptography;
using Qubes.Plugins.Qrexec.Lines;
using Qubes.Qrexec.Link;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;

namespace Qubes.Plugins.Qrexec.Agents;

/// <summary>
/// Gives copied guests identities of their own. One attempt for each: a guest that may have taken a part of one is of no use, and is
/// not given another.
/// </summary>
internal sealed class CloneLines(DrawnSamples samples, RehearsedStreams rehearsed, LinkOptions options, TimeProvider time)
{
    private const int NanosecondsPerTick = 100;

    /// <summary>The line to a copy that has taken its identity.</summary>
    /// <exception cref="QubeException">It has not; nothing is connected.</exception>
    /// <exception cref="OperationCanceledException">It had not before <paramref name="cancel"/>.</exception>
    public async Task<IGuestLine> OpenAsync(
        Guest guest, GuestIdentity told, Func<CancellationToken, ValueTask<Stream>> open, CancellationToken cancel)
    {
        if (VchanLine.IsControl(guest.Machine.AgentSocketPath, guest.Id))
            throw Refusal(guest.Name, "an agent over Unix-socket vchans cannot take one");
        IdentifiedLink copy = rehearsed.Take(guest.Id) is { } stream
            ? await IdentifyAsync(told, _ => new(stream), leaveOpen: false, cancel)
            : await IdentifyAsync(told, open, leaveOpen: false, cancel);
        return new LinkLine(copy.Link, copy.First);
    }

    /// <summary>The link to a copy that has taken an identity.</summary>
    /// <param name="told">The identity, but for what is random in it.</param>
    /// <param name="open">Opens the way to it.</param>
    /// <param name="leaveOpen">That way outlives the link, and is the caller's on failure.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="QubeException">It has not; nothing is connected.</exception>
    /// <exception cref="OperationCanceledException">It had not before <paramref name="cancel"/>.</exception>
    public async Task<IdentifiedLink> IdentifyAsync(
        GuestIdentity told, Func<CancellationToken, ValueTask<Stream>> open, bool leaveOpen, CancellationToken cancel)
    {
        try
        {
            Stream stream = await open(cancel);
            // Made when there is somebody to take it, so that the time in it is right.
            using LinkIdentity identity = NewIdentity(told);
            return await IdentifyAsync(stream, identity, leaveOpen, cancel);
        }
        catch (IdentityRefusedException e)
        {
            throw Refusal(told.Name, OutcomeText.Of(e.Outcome));
        }
        catch (LinkViolationException e)
        {
            throw Refusal(told.Name, $"it broke the rules of the link: {e.Message}");
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw Refusal(told.Name, e.Message);
        }
    }

    private async Task<IdentifiedLink> IdentifyAsync(Stream stream, LinkIdentity identity, bool leaveOpen, CancellationToken cancel)
    {
        if (!identity.IsValid)
        {
            if (!leaveOpen)
                await stream.DisposeAsync();
            throw Refusal(identity.Name, "a guest can be told names of letters, digits, '_', '.' and '-' only, and its name or default user is no such");
        }

        var control = new VchanAddress(0, QrexecLimits.ControlPort);
        IdentifiedLink copy = await LinkConnection.ConnectCloneAsync(stream, identity, control, options, cancel, leaveOpen);
        if (samples.TryAdd(copy.Sample))
            return copy;
        await copy.Link.DisposeAsync();
        throw Refusal(identity.Name, "it draws the same random numbers as another copy");
    }

    private static QubeException Refusal(string name, string reason) =>
        new($"The copy '{name}' has no identity of its own: {reason}.");

    private LinkIdentity NewIdentity(GuestIdentity told) => new()
    {
        Seed = RandomNumberGenerator.GetBytes(LinkIdentity.SeedSize),
        MachineId = NewId(),
        BootId = NewId(),
        Name = told.Name,
        Class = $"{told.Class}",
        User = told.DefaultUser,
        IsAwaited = told.IsAwaited,
        Time = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * NanosecondsPerTick,
    };

    /// <summary>A random UUID (RFC 4122, version 4), which is what both ids are.</summary>
    private static Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        bytes[6] = (byte)(bytes[6] & 0x0f | 0x40);
        bytes[8] = (byte)(bytes[8] & 0x3f | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
