namespace Qubes.Agent.Serving;

/// <summary>The way of one vchan to its peer.</summary>
internal interface IPipe
{
    /// <summary>Its user has something to send, and will be asked to produce it.</summary>
    void Ready();

    /// <summary>So many of the bytes received are out of the way: as many more may come.</summary>
    void Consume(int count);

    /// <summary>Closes it; what was produced is still sent.</summary>
    void Close();
}
