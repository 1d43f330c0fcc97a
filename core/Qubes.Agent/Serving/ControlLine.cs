using Qubes.Qrexec.Protocol;

namespace Qubes.Agent.Serving;

/// <summary>The control connection to the host's daemon, whichever there is now, and what comes over it.</summary>
internal sealed class ControlLine
{
    private ControlConnection? current;

    /// <summary>The daemon has greeted.</summary>
    public event Action? Greeted;

    /// <summary>The daemon asks for a call of a service; whether its streams are connected.</summary>
    public event Action<ExecRequest, bool>? Asked;

    /// <summary>The daemon has a peer for a call that this guest asked for.</summary>
    public event Action<ServiceConnect>? Accepted;

    /// <summary>The daemon refuses a call that this guest asked for.</summary>
    public event Action<RequestId>? Refused;

    /// <summary>The daemon is gone, and knows of nothing that was pending.</summary>
    public event Action? Lost;

    /// <summary>The version spoken; 0 = no daemon has greeted.</summary>
    public int Version => current?.Version ?? 0;

    /// <summary>A daemon connects; null if there is one already.</summary>
    public ControlConnection? Accept() => current is null ? current = new ControlConnection(this) : null;

    /// <summary>Sends a message in its wire form; it is dropped if there is no daemon.</summary>
    public void Send(byte[] message) => current?.Send(message);

    /// <summary>A data connection has ended.</summary>
    public void Terminated(ExecParameters parameters) => Send(parameters.Encode(MessageType.ConnectionTerminated));

    /// <summary>A connection is gone.</summary>
    public void Drop(ControlConnection closed)
    {
        if (current == closed)
            Drop();
    }

    /// <summary>Whatever connection there was is gone.</summary>
    public void Drop()
    {
        if (current is null)
            return;
        current = null;
        Lost?.Invoke();
    }

    /// <summary>The daemon's HELLO has come.</summary>
    public void Greet() => Greeted?.Invoke();

    /// <summary>A message has come.</summary>
    /// <exception cref="QrexecViolationException">It does not belong here, or is malformed.</exception>
    public void Take(QrexecMessage message)
    {
        switch (message.Type)
        {
            case MessageType.ExecCmdline or MessageType.JustExec:
                Asked?.Invoke(ExecRequest.Parse(message.Body.Span), message.Type == MessageType.ExecCmdline);
                break;
            case MessageType.ServiceConnect:
                Accepted?.Invoke(ServiceConnect.Parse(message.Body.Span));
                break;
            case MessageType.ServiceRefused:
                Refused?.Invoke(RequestId.Read(message.Body.Span));
                break;
            default:
                throw new QrexecViolationException($"message type 0x{(int)message.Type:x} does not belong here");
        }
    }
}
