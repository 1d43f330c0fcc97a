namespace Qubes.Agent.Loop;

/// <summary>Something that is due later.</summary>
internal sealed class Alarm(Action due)
{
    private Action? due = due;

    /// <summary>It has rung, or was called off.</summary>
    public bool IsOff => due is null;

    /// <summary>Calls it off.</summary>
    public void CallOff() => due = null;

    /// <summary>Its time has come.</summary>
    public void Ring()
    {
        var call = due;
        due = null;
        call?.Invoke();
    }
}
